"""Verbs of the curriculum: take in tables, fix the district's editions.

Every import is all or nothing and may be repeated: a row that is already there changes
nothing. Callers open the unit of work. Rule: a table with one wrong row keeps nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from resource_hub.curriculum import data, queries, rules
from resource_hub.curriculum.events import PlacesMapped
from resource_hub.curriculum.models import CurriculumNode, DistrictEdition, Literacy, UnitMapping
from resource_hub.curriculum.rules import NodeKind, Relation
from resource_hub.curriculum.tree import Draft, Row, RowError, Tree, textbook_tree, unit_tree
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do; with errors nothing was kept."""

    rows: int
    added: int
    changed: int
    errors: tuple[RowError, ...]
    is_applied: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """What an import may change of a node that is there already."""

    edition_year: int | None
    publisher: str
    position: int


def import_textbooks(rows: Iterable[Row]) -> ImportReport:
    """Take in a list of textbooks: stages, subjects, editions and volumes exist afterwards."""
    listed = list(rows)
    return _keep(len(listed), textbook_tree(listed), dry_run=False)


def import_units(rows: Iterable[Row], *, dry_run: bool) -> ImportReport:
    """Take in units, topics and periods; with ``dry_run`` only say what would happen."""
    listed = list(rows)
    return _keep(len(listed), unit_tree(listed), dry_run=dry_run)


def import_mappings(rows: Iterable[Row], *, dry_run: bool) -> ImportReport:
    """Take in which new unit holds the matter of which old one (``old_path``, ``new_path``, ``relation``).

    Records PlacesMapped when anything is new.
    """
    listed = list(rows)
    drafts, errors = _mappings(listed)
    stored = {(row.old_id, row.new_id): row for row in db.session.scalars(sa.select(UnitMapping))}
    added = [pair for pair in drafts if pair not in stored]
    changed = [pair for pair, said in drafts.items() if pair in stored and (stored[pair].relation, stored[pair].note) != said]
    is_applied = not errors and not dry_run
    if is_applied:
        for old_id, new_id in [*added, *changed]:
            relation, note = drafts[old_id, new_id]
            db.session.merge(UnitMapping(old_id=old_id, new_id=new_id, relation=relation, note=note))
        db.session.flush()
        if told := frozenset(ident for pair in (*added, *changed) for ident in pair):
            unit.record(PlacesMapped(told))
    return ImportReport(len(listed), len(added), len(changed), tuple(errors), is_applied)


def import_literacies(rows: Iterable[Row]) -> None:
    """Take in the core literacies of the subjects (``subject``, ``stage``, ``literacy``), in their order."""
    for position, row in enumerate(rows):
        subject, stage, title = (row.get(name) or "" for name in ("subject", "stage", "literacy"))
        db.session.merge(Literacy(subject=subject, stage=stage, title=title, position=position))
    db.session.flush()


def load_standard() -> None:
    """Take in the tables that come with the package; repeated at each start without effect."""
    reports = [
        import_textbooks(data.read("textbooks")),
        import_units(data.read("units"), dry_run=False),
        import_mappings(data.read("mapping"), dry_run=False),
    ]
    wrong = [error for report in reports for error in report.errors]
    if wrong:
        raise ValueError(f"a table of the package is damaged: {wrong[:3]}")
    import_literacies(data.read("literacies"))


def set_district_edition(school_year: int, stage: str, subject: str, edition_id: str, *, grade: str = "") -> None:
    """Fix the edition of a subject (in one grade, when given) for a school year; raises Invalid."""
    path = queries.path_of(edition_id)
    if path[-1].kind is not NodeKind.EDITION or [step.title for step in path[:2]] != [stage, subject]:
        raise Invalid(fields={"edition": N_("请选择这个学科的一个版本。")})
    if grade and rules.stage_of(grade) != stage:
        raise Invalid(fields={"grade": N_("这个年级不属于所选学段。")})
    db.session.merge(DistrictEdition(school_year=school_year, stage=stage, subject=subject, grade=grade, edition_id=edition_id))
    db.session.flush()


def _keep(rows: int, tree: Tree, *, dry_run: bool) -> ImportReport:
    stored = _stored(tree.drafts)
    added = [asdict(draft) for ident, draft in tree.drafts.items() if ident not in stored]
    changed = [change for ident, draft in tree.drafts.items() if ident in stored and (change := _change(stored[ident], draft))]
    is_applied = not tree.errors and not dry_run
    if is_applied and added:
        db.session.execute(sa.insert(CurriculumNode), added)
    if is_applied and changed:
        db.session.execute(sa.update(CurriculumNode), changed)
    return ImportReport(rows, len(added), len(changed), tuple(tree.errors), is_applied)


def _stored(drafts: Mapping[str, Draft]) -> dict[str, _Kept]:
    """Return what is kept of the nodes in question; the whole tree is read, it is small."""
    columns = sa.select(CurriculumNode.id, CurriculumNode.edition_year, CurriculumNode.publisher, CurriculumNode.position)
    return {ident: _Kept(year, publisher, place) for ident, year, publisher, place in db.session.execute(columns) if ident in drafts}


def _change(kept: _Kept, draft: Draft) -> dict[str, object] | None:
    wanted = _Kept(draft.edition_year or kept.edition_year, draft.publisher or kept.publisher, draft.position)
    return None if wanted == kept else {"id": draft.id, **asdict(wanted)}


def _mappings(rows: Iterable[Row]) -> tuple[dict[tuple[str, str], tuple[Relation, str]], list[RowError]]:
    listed = list(rows)
    wanted = {rules.node_id(rules.split_path(row.get(name) or "")) for row in listed for name in ("old_path", "new_path")}
    known = queries.nodes(wanted)
    found: dict[tuple[str, str], tuple[Relation, str]] = {}
    errors: list[RowError] = []
    for line, row in enumerate(listed, start=2):
        ids = []
        for name in ("old_path", "new_path"):
            ids.append(rules.node_id(rules.split_path(row.get(name) or "")))
            if ids[-1] not in known:
                errors.append(RowError(line, name, N_("课程目录里没有“%(value)s”。"), row.get(name) or ""))
        relation = row.get("relation") or ""
        if relation not in set(Relation):
            errors.append(RowError(line, "relation", N_("关系“%(value)s”应为 same、split、merged 或 moved。"), relation))
            continue
        found[ids[0], ids[1]] = (Relation(relation), row.get("note") or "")
    return found, errors
