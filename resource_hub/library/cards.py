"""How a resource shows wherever a ``Ref`` to it stands: search hits, lists, later the inbox."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from resource_hub.infra.features import Card
from resource_hub.infra.web.shell import minutes
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import badges, queries, review_queries
from resource_hub.library.queries import ResourceCard
from resource_hub.library.schemas import BADGE_LABELS, COMPLAINT_LABELS, COMPLAINT_STATE_LABELS, KIND_LABELS, REVIEW_LABELS, Review


def resource_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those resources that the viewer may see."""
    return {ident: card_of(card) for ident, card in queries.cards_of(viewer, ids).items()}


def card_of(card: ResourceCard) -> Card:
    """Return a resource in the shape of every list."""
    note, tone = _note(card)
    return Card(
        title=card.title,
        url=url_for("library.resource", resource_id=card.id),
        note=note,
        tone=tone,
        picture=card.picture,
        duration=minutes(card.duration_s) or None,
        subject=card.subject,
        kind=card.kind.value,
        kind_label=_(KIND_LABELS[card.kind]),
        school=card.school,
        author=card.author,
        where=card.path,
        review_label=_(REVIEW_LABELS[card.review]),
    )


def _note(card: ResourceCard) -> tuple[str, str]:
    """Return the one line of truth under a title, and its tone."""
    if card.state == "processing":
        return _("正在处理"), "busy"
    if card.state == "failed":
        return _("有文件没有处理成功"), "danger"
    if card.review is Review.RETURNED:
        return _(REVIEW_LABELS[card.review]), "warn"
    if card.review in (Review.DRAFT, Review.SUBMITTED, Review.WITHDRAWN):
        return _(REVIEW_LABELS[card.review]), ""
    return "", ""


def complaint_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those complaints that the viewer raised or answers for."""
    return {
        one.id: Card(
            title=_("投诉《%(title)s》（%(kind)s）", title=one.title, kind=_(COMPLAINT_LABELS[one.kind])),
            url=url_for("library.complaints", _anchor=one.id),
            note=_(COMPLAINT_STATE_LABELS[one.state]),
        )
        for one in review_queries.complaints_of(viewer, ids)
    }


def badge_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those claimed honours that the viewer raised or verifies."""
    return {
        one.badge.id: Card(
            title=_("%(year)s年%(kind)s《%(title)s》", year=one.badge.year, kind=_(BADGE_LABELS[one.badge.kind]), title=one.title),
            url=url_for("lineage.badge_claims", _anchor=one.badge.id)
            if one.may_decide or one.resource_id is None
            else url_for("library.resource", resource_id=one.resource_id, _anchor="badges"),
        )
        for one in badges.claims_of(viewer, ids)
    }
