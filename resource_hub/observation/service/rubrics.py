"""The district's copies of rubrics, and rounds of formal appraisal.

Rule: a seed is never changed and a changed copy gets a new version, so that a score keeps its meaning.
"""

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import queries, rules
from resource_hub.observation.models import AppraisalRound, Rubric
from resource_hub.observation.rules import Row
from resource_hub.observation.schemas import RoundIn, RubricIn


def copy_rubric(viewer: Viewer, rubric_id: str) -> str:
    """Make a copy of a rubric that may be changed, and return its id; NotFound for an unknown one."""
    found = queries.rubric(rubric_id)
    if found is None:
        raise NotFound
    row = Rubric(
        id=new_id("rub"), title=found.title, about=found.about, based_on=found.id, rows=_stored(found.rows), created_by=viewer.person_id,
        created_at=clock.now(), version=1,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.note(viewer, "rubric.copied", Ref("rubric", row.id), details={"from": found.id})
    return row.id


def change_rubric(viewer: Viewer, rubric_id: str, given: RubricIn) -> None:
    """Give a copy other rows; Invalid unless their weights add up to one hundred."""
    row = _copy(rubric_id)
    rows = [Row(one.name, one.weight, tuple(one.descriptors)) for one in given.rows]
    rules.check_rows(rows)
    row.title, row.about, row.rows, row.version = given.title, given.about, _stored(rows), row.version + 1
    audit.note(viewer, "rubric.changed", Ref("rubric", row.id), details={"version": row.version})


def retire_rubric(viewer: Viewer, rubric_id: str) -> None:
    """Let nobody begin with a copy any more; what was scored by it stays."""
    row = _copy(rubric_id)
    row.retired_at = clock.now()
    audit.note(viewer, "rubric.retired", Ref("rubric", row.id))


def open_round(viewer: Viewer, given: RoundIn) -> str:
    """Open a named round of formal appraisal and return its id."""
    row = AppraisalRound(id=new_id("rnd"), name=given.name, opened_by=viewer.person_id, opened_at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit.note(viewer, "appraisal.opened", Ref("appraisal_round", row.id), details={"name": given.name})
    return row.id


def close_round(viewer: Viewer, round_id: str) -> None:
    """Close a round; no score enters it any more."""
    row = db.session.get(AppraisalRound, round_id)
    if row is None:
        raise NotFound
    row.closed_at = row.closed_at or clock.now()
    audit.note(viewer, "appraisal.closed", Ref("appraisal_round", row.id))


def _copy(rubric_id: str) -> Rubric:
    row = db.session.get(Rubric, rubric_id, with_for_update=True, populate_existing=True)
    if row is None or row.retired_at is not None:
        raise NotFound
    return row


def _stored(rows: tuple[Row, ...] | list[Row]) -> list[list[object]]:
    return [[row.name, row.weight, list(row.descriptors)] for row in rows]
