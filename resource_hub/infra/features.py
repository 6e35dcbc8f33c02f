"""What a feature brings to the application, and the ``Hub`` that holds it all at run time.

``app.create_app`` mounts the features in the order of the house; ``hub()`` gives any door or
worker the running installation. Rule: registration happens at start only, never in a request.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, Request, current_app

from resource_hub.kernel.events import Event
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Role, Viewer

if TYPE_CHECKING:
    from socketio import AsyncServer

    from resource_hub.infra.index import DocumentSource, FacetLabels, Moment
    from resource_hub.infra.jobs import JobKind
    from resource_hub.infra.shelf import Shelf
    from resource_hub.infra.storage import Storage

Subscriber = Callable[[Any], None]
LazyText = Any
"""A text of ``lazy_gettext``: Flask-Babel comes without types."""


@dataclass(frozen=True, slots=True)
class Card:
    """What any page shows of a ``Ref``: nothing that the viewer may not see."""

    title: str
    url: str
    note: str = ""
    tone: str = ""
    picture: str | None = None
    duration: str | None = None
    subject: str = ""
    kind: str = ""
    kind_label: str = ""
    school: str = ""
    author: str = ""
    where: str = ""
    review_label: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture by its signed address, good for an hour; ``boxes`` are x, y, width and height of words in thousandths of it."""

    url: str
    boxes: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """A right by name: who holds it, and a sentence for the matrix in the docs.

    ``roles`` empty means every signed-in adult; ``terminals`` admits class terminals too.
    """

    name: str
    about: str
    roles: frozenset[Role] = frozenset()
    terminals: bool = False

    def admits(self, viewer: Viewer) -> bool:
        if viewer.is_terminal and not self.terminals:
            return False
        return not self.roles or viewer.has_role(*self.roles)


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of delivery to people's inboxes.

    ``sentence`` may name %(title)s of the thing and the words that the delivery carries. A task
    waits until it is settled; any other notice is over once it was seen.
    """

    name: str
    sentence: LazyText
    is_task: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """A page for those who run things, listed on the page 管理 to whoever holds one of ``permissions``."""

    label: LazyText
    about: LazyText
    url: str
    icon: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """All that one feature mounts; every field but the name may be left out."""

    name: str
    blueprints: Sequence[Blueprint] = ()
    permissions: Sequence[Permission] = ()
    jobs: "Sequence[JobKind]" = ()
    documents: "Sequence[DocumentSource]" = ()
    labels: "Sequence[FacetLabels]" = ()
    subscribers: Mapping[type[Event], Sequence[Subscriber]] = field(default_factory=dict)
    cards: Mapping[str, Callable[[Viewer, Sequence[str]], Mapping[str, Card]]] = field(default_factory=dict)
    notices: Sequence[NoticeKind] = ()
    desks: Sequence[Desk] = ()
    panels: Mapping[str, Callable[[Viewer, str], str]] = field(default_factory=dict)
    """By kind of Ref: what this feature puts on the page of a thing that a feature below owns, as HTML."""
    identify: Callable[[Request], Viewer | None] | None = None
    count_unseen: Callable[[Viewer], int] | None = None
    """How many things in the inbox the viewer has not seen; asked by every page."""
    pictures: "Callable[[Mapping[Moment, Sequence[str]]], Mapping[Moment, Picture]] | None" = None
    """Small pictures of pages and seconds that the viewer may see, with the places of the words that were found there."""
    sweeps: Mapping[str, float] = field(default_factory=dict)
    """Job kinds that run again and again, with the seconds between runs."""
    sockets: "Callable[[AsyncServer, Flask], None] | None" = None
    """Opens the feature's doors on the socket server of a web process."""


@dataclass(slots=True)
class Hub:
    """The running installation: settings, storage and everything that features registered."""

    settings: Settings
    storage: "Storage"
    shelf: "Shelf"
    features: list[Feature] = field(default_factory=list)
    permissions: dict[str, Permission] = field(default_factory=dict)
    job_kinds: "dict[str, JobKind]" = field(default_factory=dict)
    documents: "dict[str, DocumentSource]" = field(default_factory=dict)
    labels: "dict[str, FacetLabels]" = field(default_factory=dict)
    subscribers: dict[type[Event], list[Subscriber]] = field(default_factory=dict)
    cards: dict[str, Callable[[Viewer, Sequence[str]], Mapping[str, Card]]] = field(default_factory=dict)
    notices: dict[str, NoticeKind] = field(default_factory=dict)
    identify: Callable[[Request], Viewer | None] = lambda _request: None
    count_unseen: Callable[[Viewer], int] = lambda _viewer: 0
    pictures: "Callable[[Mapping[Moment, Sequence[str]]], Mapping[Moment, Picture]]" = lambda _moments: {}
    sweeps: dict[str, float] = field(default_factory=dict)

    def mount(self, feature: Feature) -> None:
        """Take in a feature; a name registered twice is a fault of the code (``ValueError``)."""
        self.features.append(feature)
        _take(self.permissions, {p.name: p for p in feature.permissions})
        _take(self.job_kinds, {k.name: k for k in feature.jobs})
        _take(self.documents, {d.kind: d for d in feature.documents})
        _take(self.labels, {label.name: label for label in feature.labels})
        _take(self.cards, feature.cards)
        _take(self.notices, {n.name: n for n in feature.notices})
        _take(self.sweeps, feature.sweeps)
        for kind, subscribers in feature.subscribers.items():
            self.subscribers.setdefault(kind, []).extend(subscribers)
        if feature.identify:
            self.identify = feature.identify
        if feature.count_unseen:
            self.count_unseen = feature.count_unseen
        if feature.pictures:
            self.pictures = feature.pictures

    def desks_of(self, viewer: Viewer) -> list[Desk]:
        """Return the desks that this viewer may open, in the order of the house."""
        desks = [desk for feature in self.features for desk in feature.desks]
        return [desk for desk in desks if any(self.permissions[name].admits(viewer) for name in desk.permissions)]

    def panels_of(self, viewer: Viewer, ref: Ref) -> list[str]:
        """Return what features put on the page of this thing, which the viewer may see."""
        return [feature.panels[ref.kind](viewer, ref.id) for feature in self.features if ref.kind in feature.panels]

    def card(self, viewer: Viewer, ref: Ref) -> Card | None:
        """Return what the viewer may see of ``ref``; ``None`` when hidden or gone."""
        return self.cards_of(viewer, [ref]).get(ref)

    def cards_of(self, viewer: Viewer, refs: Iterable[Ref]) -> dict[Ref, Card]:
        """Return what the viewer may see of these things, kind by kind; those hidden or gone are left out."""
        ids: dict[str, list[str]] = {}
        for ref in dict.fromkeys(refs):
            ids.setdefault(ref.kind, []).append(ref.id)
        found: dict[Ref, Card] = {}
        for kind, wanted in ids.items():
            if resolve := self.cards.get(kind):
                found |= {Ref(kind, ident): card for ident, card in resolve(viewer, wanted).items()}
        return found


def hub() -> Hub:
    """Return the installation of the current application context."""
    found: Hub = current_app.extensions["resource_hub"]
    return found


def _take(into: dict[str, Any], given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name in into:
            raise ValueError(f"registered twice: {name}")
        into[name] = value
