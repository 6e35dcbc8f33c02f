"""Reading consents: what allows a recording to be shown, and the batches of schools.

Apart from ``queries`` because it knows slips and head-counts, not bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.media import consents, rules
from resource_hub.media.models import Asset, AssetConsent, ConsentBatch
from resource_hub.media.schemas import Consent, ConsentScope, ConsentState, Declaration, Standing
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class BatchFacts:
    id: str
    school_id: str
    school: str
    class_id: str | None
    class_name: str
    term_id: str | None
    subject: str
    scope: ConsentScope
    text_version: str
    headcount: int
    agreed: int
    declined: int
    state: ConsentState
    valid_until: date
    made_by: str
    created_at: datetime
    activated_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def outstanding(self) -> int:
        """Return how many slips have not come back."""
        return self.headcount - self.agreed - self.declined


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording with what allows it to be shown."""

    asset_id: str
    filename: str
    created_at: datetime
    consent: Consent


def consent_of(asset_ids: Iterable[str], needed: ConsentScope = ConsentScope.SCHOOL) -> dict[str, Consent]:
    """Return for each asset whether it may be shown as far as ``needed``; two queries for any number.

    Recordings need a consent; other files do not. An asset that is not there is ``missing``.
    """
    wanted = list(dict.fromkeys(asset_ids))
    if not wanted:
        return {}
    query = (
        sa.select(Asset.id, Asset.family, AssetConsent.declaration, ConsentBatch)
        .outerjoin(AssetConsent, AssetConsent.asset_id == Asset.id)
        .outerjoin(ConsentBatch, ConsentBatch.id == AssetConsent.batch_id)
        .where(Asset.id.in_(wanted))
    )
    today = schools.today()
    found = dict.fromkeys(wanted, consents.MISSING)
    for row in db.session.execute(query):
        found[row.id] = _consent(row.family, row.declaration, row.ConsentBatch, needed, today)
    return found


def batches(within: frozenset[str] | None, *, usable: bool = False) -> list[BatchFacts]:
    """Return the batches of these schools (``None``: of all), the newest first; ``usable``: those that recordings may stand on."""
    query = sa.select(ConsentBatch).order_by(ConsentBatch.created_at.desc(), ConsentBatch.id.desc()).limit(_MOST)
    if within is not None:
        query = query.where(ConsentBatch.school_id.in_(within))
    if usable:
        query = query.where(ConsentBatch.state == ConsentState.ACTIVE, ConsentBatch.valid_until >= schools.today())
    return _batches(db.session.scalars(query).all())


_MOST = 500
"""Batches of some years in a district."""


def batch(batch_id: str) -> BatchFacts | None:
    row = db.session.get(ConsentBatch, batch_id)
    return _batches([row])[0] if row else None


def assets_of_batch(batch_id: str) -> list[str]:
    """Return the recordings that stand on a batch, but those erased."""
    query = sa.select(AssetConsent.asset_id).join(Asset, Asset.id == AssetConsent.asset_id).where(AssetConsent.batch_id == batch_id)
    return list(db.session.scalars(query.where(Asset.failure_code.is_distinct_from(rules.ERASED)).order_by(Asset.id)))


def recordings_of_batch(batch_id: str) -> list[Recording]:
    """Return the recordings that stand on a batch, the newest first."""
    return _recordings(Asset.id.in_(sa.select(AssetConsent.asset_id).where(AssetConsent.batch_id == batch_id)))


def recordings_of_person(person_id: str) -> list[Recording]:
    """Return a person's own recordings, the newest first."""
    return _recordings(Asset.person_id == person_id)


def _recordings(which: sa.ColumnElement[bool]) -> list[Recording]:
    rows = db.session.execute(
        sa.select(Asset.id, Asset.filename, Asset.created_at)
        .where(which, Asset.family == "video")
        .order_by(Asset.created_at.desc(), Asset.id)
        .limit(_MOST)
    ).all()
    allowed = consent_of(row.id for row in rows)
    return [Recording(row.id, row.filename, row.created_at, allowed[row.id]) for row in rows]


def _consent(family: str, declaration: Declaration | None, row: ConsentBatch | None, needed: ConsentScope, today: date) -> Consent:
    if family != "video":
        return consents.NOT_NEEDED
    if row is not None:
        return consents.consent_by_batch(row.state, row.scope, row.valid_until, row.id, needed=needed, today=today)
    if declaration is not None and declaration is not Declaration.NONE:
        return Consent(Standing.NOT_NEEDED, declaration=declaration)
    return consents.MISSING


def _batches(rows: Sequence[ConsentBatch]) -> list[BatchFacts]:
    names = schools.school_names(row.school_id for row in rows)
    subjects = schools.subject_names()
    classes = _class_names({row.school_id for row in rows if row.class_id})
    return [
        BatchFacts(
            id=row.id,
            school_id=row.school_id,
            school=names.get(row.school_id, ""),
            class_id=row.class_id,
            class_name=classes.get(row.class_id or "", ""),
            term_id=row.term_id,
            subject=subjects.get(row.subject or "", ""),
            scope=row.scope,
            text_version=row.text_version,
            headcount=row.headcount,
            agreed=row.agreed,
            declined=row.declined,
            state=row.state,
            valid_until=row.valid_until,
            made_by=row.made_by,
            created_at=row.created_at,
            activated_at=row.activated_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def _class_names(school_ids: set[str]) -> Mapping[str, str]:
    return {found.id: found.name for school_id in school_ids for found in schools.classes_of_school(school_id)}
