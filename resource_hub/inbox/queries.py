"""Reading the inbox: what shows, what waits, how much is unseen.

A task waits from the moment it was delivered, since the Today page is looked at, not pushed; in
the inbox it shows with its digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.inbox.models import Delivery
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer

MOST_SHOWN = 200
"""More than a person reads; older notices stay until they are pruned."""


@dataclass(frozen=True, slots=True)
class Item:
    """A delivery as its person reads it; ``url`` is empty when the thing is hidden or gone."""

    id: str
    kind: str
    sentence: str
    url: str
    is_task: bool
    is_urgent: bool
    due: date | None
    digest_at: datetime
    seen_at: datetime | None
    done_at: datetime | None


def inbox(viewer: Viewer) -> list[Item]:
    """Return what shows in the viewer's inbox: the newest digest first, in it tasks before notices."""
    rows = db.session.scalars(
        sa.select(Delivery)
        .where(*shown_to(viewer))
        .order_by(Delivery.digest_at.desc(), Delivery.kind.in_(tasks()).desc(), Delivery.due.is_(None), Delivery.due, Delivery.id)
        .limit(MOST_SHOWN)
    )
    return _items(viewer, rows.all())


def waiting(viewer: Viewer) -> list[Item]:
    """Return the tasks that wait for the viewer, the one due first first; those already in the inbox or not."""
    rows = db.session.scalars(
        sa.select(Delivery)
        .where(Delivery.person_id == viewer.person_id, Delivery.done_at.is_(None), Delivery.kind.in_(tasks()))
        .order_by(Delivery.due.is_(None), Delivery.due, Delivery.created_at, Delivery.id)
        .limit(MOST_SHOWN)
    )
    return _items(viewer, rows.all())


def unseen(viewer: Viewer) -> int:
    """Return how many deliveries show that the viewer has not seen."""
    query = sa.select(sa.func.count()).where(*shown_to(viewer), Delivery.seen_at.is_(None), Delivery.done_at.is_(None))
    return db.session.scalar(query) or 0


def shown_to(viewer: Viewer) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of what shows in the viewer's inbox now."""
    return Delivery.person_id == viewer.person_id, Delivery.digest_at <= clock.now()


def tasks() -> list[str]:
    """Return the kinds that wait until they are settled."""
    return [kind.name for kind in hub().notices.values() if kind.is_task]


class _Words(dict[str, str]):
    """Older deliveries lack what a sentence names since."""

    def __missing__(self, _name: str) -> str:
        return ""


def _items(viewer: Viewer, rows: Sequence[Delivery]) -> list[Item]:
    """Things that the viewer may no longer see keep their place without a word about them."""
    refs = {row.id: Ref(row.ref_kind, row.ref_id) for row in rows}
    cards = hub().cards_of(viewer, refs.values())
    found = []
    for row in rows:
        kind, card = hub().notices.get(row.kind), cards.get(refs[row.id])
        sentence = str(kind.sentence) % _Words(row.words, title=card.title) if kind and card else _("这条内容已不可见。")
        found.append(
            Item(
                id=row.id,
                kind=row.kind,
                sentence=sentence,
                url=card.url if kind and card else "",
                is_task=bool(kind and kind.is_task),
                is_urgent=row.is_urgent,
                due=row.due,
                digest_at=row.digest_at,
                seen_at=row.seen_at,
                done_at=row.done_at,
            )
        )
    return found
