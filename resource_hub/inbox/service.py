"""Verbs of the inbox. ``deliver`` and ``settle`` are called by features inside the unit of their deed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from resource_hub.inbox import queries, rules
from resource_hub.inbox.models import IS_OPEN, Delivery
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people

KEPT_FOR = timedelta(days=90)
"""Afterwards the thing itself tells its history."""


def deliver(
    to: Iterable[str],
    kind: str,
    ref: Ref,
    *,
    words: Mapping[str, str] | None = None,
    due: date | None = None,
    urgent: bool = False,
) -> None:
    """Tell each person one thing about ``ref``; people who left are left out.

    At most one delivery of a kind about a thing is open per person: a second one renews it, and
    shows as new when it says something else. A kind that no feature declared, or a word that its
    sentence lacks, is a fault (KeyError).
    """
    str(hub().notices[kind].sentence) % {**(words or {}), "title": ""}  # a word that lacks is found here, not by its reader
    wanted = sorted(card.id for card in people.person_names(to).values() if not card.has_left)
    if not wanted:
        return
    said = {"words": dict(words or {}), "due": due, "is_urgent": urgent}
    there = db.session.scalars(sa.select(Delivery).where(*_open_about(kind, ref), Delivery.person_id.in_(wanted))).all()
    for delivery in there:
        if any(getattr(delivery, name) != value for name, value in said.items()):
            _renew(delivery, said)
    heard = {delivery.person_id for delivery in there}
    news = [
        {"id": new_id("dlv"), "person_id": person, "kind": kind, "ref_kind": ref.kind, "ref_id": ref.id, **said, **_moments(urgent=urgent)}
        for person in wanted
        if person not in heard
    ]
    if news:
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        # Another unit may tell the same at this moment; one telling is enough and neither deed should fail for it.
        told = insert(Delivery).on_conflict_do_nothing(index_elements=["person_id", "kind", "ref_kind", "ref_id"], index_where=IS_OPEN)
        db.session.execute(told, news)


def settle(kind: str, ref: Ref, person_ids: Iterable[str] | None = None) -> None:
    """End what is open of that kind about ``ref``, for these persons or (None) for everybody."""
    which = _open_about(kind, ref)
    if person_ids is not None:
        which = (*which, Delivery.person_id.in_(list(person_ids)))
    db.session.execute(sa.update(Delivery).where(*which).values(done_at=clock.now()))


def see(viewer: Viewer, delivery_id: str) -> Ref:
    """Mark one delivery of the viewer as seen and return what it is about; NotFound when it is not theirs."""
    delivery = db.session.scalar(sa.select(Delivery).where(Delivery.id == delivery_id, *queries.shown_to(viewer)))
    if delivery is None:
        raise NotFound
    _mark_seen(Delivery.id == delivery_id)
    return Ref(delivery.ref_kind, delivery.ref_id)


def see_all(viewer: Viewer) -> None:
    """Mark everything that shows in the viewer's inbox as seen."""
    _mark_seen(*queries.shown_to(viewer))


def close_for(person_id: str) -> None:
    """End everything that waits for somebody who left."""
    db.session.execute(sa.update(Delivery).where(Delivery.person_id == person_id, Delivery.done_at.is_(None)).values(done_at=clock.now()))


def prune() -> None:
    """Forget what has long been over, and notices that nobody came to see."""
    before = clock.now() - KEPT_FOR
    unread = sa.and_(Delivery.done_at.is_(None), Delivery.digest_at < before, Delivery.kind.not_in(queries.tasks()))
    db.session.execute(sa.delete(Delivery).where((Delivery.done_at < before) | unread))


def _open_about(kind: str, ref: Ref) -> tuple[sa.ColumnElement[bool], ...]:
    return Delivery.kind == kind, Delivery.ref_kind == ref.kind, Delivery.ref_id == ref.id, Delivery.done_at.is_(None)


def _renew(delivery: Delivery, said: Mapping[str, object]) -> None:
    for name, value in {**said, **_moments(urgent=bool(said["is_urgent"]))}.items():
        setattr(delivery, name, value)
    delivery.seen_at = None


def _moments(*, urgent: bool) -> dict[str, datetime]:
    now = clock.now()
    return {"created_at": now, "digest_at": now if urgent else rules.next_digest(now, hub().settings.zone)}


def _mark_seen(*which: sa.ColumnElement[bool]) -> None:
    """A notice is over once it was seen; a task stays until it is settled."""
    now = clock.now()
    notices = sa.update(Delivery).where(*which, Delivery.done_at.is_(None), Delivery.kind.not_in(queries.tasks()))
    db.session.execute(notices.values(done_at=now))
    db.session.execute(sa.update(Delivery).where(*which, Delivery.seen_at.is_(None)).values(seen_at=now))
