"""What is read of the offered records, tokens and webhooks, inside the caller's unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.openings import rules
from resource_hub.openings.lti import Registration
from resource_hub.openings.models import (
    FeedAddress,
    HarvestToken,
    LearningStatement,
    LtiBinding,
    LtiLaunch,
    LtiPlatform,
    OfferedRecord,
    Webhook,
    WebhookDelivery,
)
from resource_hub.openings.rules import digest

OFFER_LOCK = 0x6F616900
"""First key of the advisory locks that writers of records hold until their commit; any number that no other lock uses."""
LOCK_EPOCH = 1_577_836_800
"""2020-01-01; seconds since then fit the second key of an advisory lock for the rest of the century's half."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A record as one kind of harvester sees it."""

    resource_id: str
    datestamp: datetime
    subject: str | None
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class OpenLaunch:
    """A launch that waits for its person to say who they are here."""

    id: str
    platform_id: str
    platform: str
    subject: str
    subject_name: str
    launched_at: datetime
    destination: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What a platform wants picked, for whom it asked and where the answer goes."""

    registration: Registration
    platform: str
    wish: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """A platform that one person is bound to."""

    platform_id: str
    name: str
    bound_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """Which records a harvester asks for; ``after`` is where the page before ended."""

    is_full: bool
    since: datetime | None
    until: datetime
    subject: str | None
    after: tuple[datetime, str] | None = None


def horizon() -> datetime:
    """Return the latest datestamp up to which every record is committed: nothing will appear before it any more.

    A minute is left for what is between stamp and commit. On PostgreSQL a writer that takes longer
    is seen by its lock, whose second key is its stamp; SQLite lets no writer take that long.
    """
    settled = rules.datestamp(clock.now() - rules.SETTLED_AFTER)
    if db.engine.dialect.name != "postgresql":
        return settled
    held = sa.text(
        "SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = :lock AND objsubid = 2"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    oldest = db.session.scalar(held, {"lock": OFFER_LOCK})
    if oldest is None:
        return settled
    return min(settled, datetime.fromtimestamp(oldest + LOCK_EPOCH, tz=settled.tzinfo) - timedelta(seconds=1))


def offered(wish: Wish, limit: int) -> list[Offered]:
    """Return the next records in the order of datestamp and id."""
    query = sa.select(OfferedRecord).where(*_conditions(wish))
    if wish.after:
        query = query.where(sa.tuple_(OfferedRecord.datestamp, OfferedRecord.resource_id) > sa.tuple_(*map(sa.literal, wish.after)))
    rows = db.session.scalars(query.order_by(OfferedRecord.datestamp, OfferedRecord.resource_id).limit(limit)).all()
    return [_offered(row, is_full=wish.is_full) for row in rows]


def count_offered(wish: Wish) -> int:
    """Return how many records a whole list has now."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(OfferedRecord).where(*_conditions(wish))) or 0


def offered_record(resource_id: str, *, is_full: bool) -> Offered | None:
    """Return one record; ``None`` when it was never offered to this kind of harvester."""
    row = db.session.get(OfferedRecord, resource_id)
    if row is None or not (is_full or row.was_open):
        return None
    return _offered(row, is_full=is_full)


def earliest_datestamp() -> datetime | None:
    earliest: datetime | None = db.session.scalar(sa.select(sa.func.min(OfferedRecord.datestamp)))
    return earliest


def is_offered(resource_id: str) -> bool:
    """True while the whole district may see a resource."""
    held = sa.select(OfferedRecord.resource_id).where(OfferedRecord.resource_id == resource_id, OfferedRecord.is_deleted.is_(False))
    return db.session.scalar(held) is not None


def waiting_statements(limit: int) -> Sequence[LearningStatement]:
    """Return the statements that the learning record store has not yet, the oldest first."""
    query = sa.select(LearningStatement).where(LearningStatement.settled_at.is_(None))
    return db.session.scalars(query.order_by(LearningStatement.created_at, LearningStatement.id).limit(limit)).all()


def newest_offered(limit: int) -> list[str]:
    """Return the resources on offer that changed last."""
    query = sa.select(OfferedRecord.resource_id).where(OfferedRecord.is_deleted.is_(False))
    return list(db.session.scalars(query.order_by(OfferedRecord.datestamp.desc(), OfferedRecord.resource_id.desc()).limit(limit)))


def is_harvester(token: str) -> bool:
    """True for a harvesting token that was not revoked."""
    held = sa.select(HarvestToken.id).where(HarvestToken.token_hash == digest(token), HarvestToken.revoked_at.is_(None))
    return db.session.scalar(held) is not None


def harvest_tokens() -> Sequence[HarvestToken]:
    """Return the tokens that hold, the newest first."""
    return db.session.scalars(
        sa.select(HarvestToken).where(HarvestToken.revoked_at.is_(None)).order_by(HarvestToken.created_at.desc())
    ).all()


def webhooks() -> Sequence[Webhook]:
    return db.session.scalars(sa.select(Webhook).order_by(Webhook.created_at)).all()


def webhook(webhook_id: str) -> Webhook | None:
    return db.session.get(Webhook, webhook_id)


def latest_deliveries(webhook_id: str, limit: int = 20) -> Sequence[WebhookDelivery]:
    """Return the last messages to a webhook, the newest first."""
    query = sa.select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    return db.session.scalars(query.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc()).limit(limit)).all()


def owner_of_feed(key: str) -> str | None:
    """Return whose feed address holds this key."""
    return db.session.scalar(sa.select(FeedAddress.person_id).where(FeedAddress.key_hash == digest(key)))


def feed_made_at(person_id: str) -> datetime | None:
    """Return when the person's feed address was made; ``None`` without one."""
    return db.session.scalar(sa.select(FeedAddress.made_at).where(FeedAddress.person_id == person_id))


def platforms() -> Sequence[LtiPlatform]:
    return db.session.scalars(sa.select(LtiPlatform).order_by(LtiPlatform.created_at)).all()


def platform(platform_id: str) -> LtiPlatform | None:
    return db.session.get(LtiPlatform, platform_id)


def bindings_of_platform(platform_id: str) -> int:
    """Return how many people are bound to a platform."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(LtiBinding).where(LtiBinding.platform_id == platform_id)) or 0


def platforms_of(person_id: str) -> list[Bound]:
    """Return the platforms that a person is bound to."""
    held = sa.select(LtiPlatform.id, LtiPlatform.name, LtiBinding.bound_at).join(LtiBinding, LtiBinding.platform_id == LtiPlatform.id)
    return [Bound(*row) for row in db.session.execute(held.where(LtiBinding.person_id == person_id).order_by(LtiBinding.bound_at))]


def registration(platform_id: str) -> Registration | None:
    """Return what identifies a platform."""
    row = db.session.get(LtiPlatform, platform_id)
    return _registration(row) if row else None


def registration_of(issuer: str, client_id: str | None) -> Registration | None:
    """Return the registration that a platform names, ``None`` also when it leaves open which of several."""
    query = sa.select(LtiPlatform).where(LtiPlatform.issuer == issuer)
    rows = db.session.scalars(query.where(LtiPlatform.client_id == client_id) if client_id else query).all()
    return _registration(rows[0]) if len(rows) == 1 else None


def person_bound(platform_id: str, subject: str) -> str | None:
    """Return whom a platform means by a subject."""
    return db.session.scalar(sa.select(LtiBinding.person_id).where(LtiBinding.platform_id == platform_id, LtiBinding.subject == subject))


def is_bound(person_id: str, platform_id: str) -> bool:
    held = sa.select(LtiBinding.subject).where(LtiBinding.platform_id == platform_id, LtiBinding.person_id == person_id)
    return db.session.scalar(held) is not None


def open_launch(launch_id: str, secret: str) -> OpenLaunch | None:
    """Return a launch that nobody is bound to yet, to the browser that began it."""
    launch = db.session.get(LtiLaunch, launch_id)
    if launch is None or launch.browser_hash != rules.digest(secret) or launch.expires_at <= clock.now():
        return None
    if launch.launched_at is None or launch.subject is None or launch.person_id is not None:
        return None
    name = db.session.scalars(sa.select(LtiPlatform.name).where(LtiPlatform.id == launch.platform_id)).one()
    return OpenLaunch(launch.id, launch.platform_id, name, launch.subject, launch.subject_name, launch.launched_at, launch.destination)


def selection_of(launch_id: str, person_id: str) -> Selection | None:
    """Return what a person is asked to pick by a launch of their own."""
    launch = db.session.get(LtiLaunch, launch_id)
    if launch is None or launch.selection is None or launch.person_id != person_id or launch.expires_at <= clock.now():
        return None
    row = db.session.get_one(LtiPlatform, launch.platform_id)
    return Selection(_registration(row), row.name, launch.selection)


def _registration(row: LtiPlatform) -> Registration:
    return Registration(row.id, row.issuer, row.client_id, row.auth_url, row.keys_url, frozenset(row.deployments))


def _conditions(wish: Wish) -> list[sa.ColumnElement[bool]]:
    found = [OfferedRecord.datestamp <= wish.until]
    if wish.since:
        found.append(OfferedRecord.datestamp >= wish.since)
    if wish.subject:
        found.append(OfferedRecord.subject == wish.subject)
    if not wish.is_full:
        found.append(OfferedRecord.was_open.is_(True))
    return found


def _offered(row: OfferedRecord, *, is_full: bool) -> Offered:
    return Offered(row.resource_id, row.datestamp, row.subject, row.is_deleted or not (is_full or row.is_open))
