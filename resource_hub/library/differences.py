"""What differs between two versions or works, file by file and step by step, and what a fork may take over from its origin.

Reads only, inside the caller's unit; what two texts or plans differ in is found by ``compare``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import compare, rules
from resource_hub.library.access import get_resource_for, shown_to
from resource_hub.library.compare import File, Pair, Step
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.lineage import FIRST_VERSION, Side, VersionRow, side_of, version_row, versions_of, views_of
from resource_hub.library.models import Resource
from resource_hub.library.planning import keeping, merging
from resource_hub.library.schemas import Review
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView


@dataclass(frozen=True, slots=True)
class FilePair:
    """A file before and after; ``pages`` when both are documents with pages, ``numbers`` are those of the pages compared."""

    before: AssetView | None
    after: AssetView | None
    pair: Pair
    pages: Sequence[Pair] = ()
    texts: tuple[Sequence[str], Sequence[str]] = ((), ())
    numbers: tuple[Sequence[int], Sequence[int]] = ((), ())


@dataclass(frozen=True, slots=True)
class Comparison:
    before: Side
    after: Side
    fields: Sequence[str]
    """Names of the fields that differ."""
    steps: Sequence[Pair]
    plans: tuple[Sequence[Step], Sequence[Step]]
    sections: tuple[Mapping[str, str], Mapping[str, str]]
    """What the other lines and sections of both plans say."""
    files: Sequence[FilePair]


@dataclass(frozen=True, slots=True)
class OriginNews:
    """A version of the origin that the author of a fork has not decided about."""

    origin_id: str
    title: str
    author: str
    known: int
    """The version that the fork stands on, as far as it was kept."""
    version: VersionRow


def comparison(viewer: Viewer, before: tuple[str, int | None], after: tuple[str, int | None]) -> Comparison:
    """Return the differences of two sides, each a work and a version (None: as it is now); NotFound for what is not there."""
    return compared(_side_for(viewer, *before), _side_for(viewer, *after))


def compared(before: Side, after: Side) -> Comparison:
    """Return the differences of two sides that the caller may see."""
    plans = compare.steps_of(before.fields.get("plan")), compare.steps_of(after.fields.get("plan"))
    files = compare.pair_files([_file(f) for f in before.files], [_file(f) for f in after.files])
    documents = [f.id for pair in files if pair.is_changed for f in _files_of(pair, before, after) if f and f.page_total]
    texts = media.texts_of(documents)
    return Comparison(
        before,
        after,
        [name for name in rules.FACTS if before.fields.get(name) != after.fields.get(name)],
        compare.pair_steps(*plans),
        plans,
        (compare.sections_of(before.fields.get("plan")), compare.sections_of(after.fields.get("plan"))),
        [_file_pair(pair, *_files_of(pair, before, after), texts) for pair in files],
    )


def news_for(viewer: Viewer, fork_id: str) -> OriginNews | None:
    """Return the newest version of the origin of one's own fork, when it was neither taken over nor put aside."""
    fork = db.session.get(Resource, fork_id)
    if fork is None or fork.based_on_id is None or fork.author_id != viewer.person_id:
        return None
    origin = db.session.scalar(sa.select(Resource).where(Resource.id == fork.based_on_id, shown_to(viewer)))
    if origin is None:
        return None
    decided = max(fork.based_on_version or FIRST_VERSION, fork.ignored_version or 0)
    newest = next(iter(versions_of(origin.id)), None)
    if newest is None or newest.number <= decided or fork.review in (Review.WITHDRAWN, Review.ARCHIVED):
        return None
    known = version_row(origin.id, fork.based_on_version or FIRST_VERSION)
    return OriginNews(origin.id, origin.title, origin.author_name, known.number if known else newest.number, newest)


def files_of_fork(fork_id: str) -> list[AssetView]:
    """Return the files that a fork holds now, or its open revision: those that may be replaced."""
    return views_of([file.asset_id for file in _to_change(fork_id).files])


def plan_news(fork_id: str, found: Comparison) -> list[merging.Offer]:
    """Return the changes between the two sides, versions of its origin, that a fork or its open revision may take into its plan."""
    plans = [found.before.fields.get("plan"), found.after.fields.get("plan"), _to_change(fork_id).plan]
    base, new, mine = (keeping.opened(plan) or Plan() for plan in plans)
    return merging.offers(base, new, mine)


def _to_change(fork_id: str) -> Resource:
    held = sa.select(Resource).where(Resource.revises_id == fork_id, Resource.review.in_(rules.EDITABLE))
    return db.session.scalar(held) or db.session.get_one(Resource, fork_id)


def _side_for(viewer: Viewer, resource_id: str, number: int | None) -> Side:
    return side_of(get_resource_for(viewer, resource_id, "view"), number)


def _file(view: AssetView) -> File:
    return File(view.id, view.filename, view.family, view.sha256)


def _files_of(pair: Pair, before: Side, after: Side) -> tuple[AssetView | None, AssetView | None]:
    return (
        before.files[pair.before] if pair.before is not None else None,
        after.files[pair.after] if pair.after is not None else None,
    )


def _file_pair(pair: Pair, before: AssetView | None, after: AssetView | None, texts: Mapping[str, Sequence[tuple[int, str]]]) -> FilePair:
    if not pair.is_changed or before is None or after is None or before.id not in texts or after.id not in texts:
        return FilePair(before, after, pair)
    old, new = texts[before.id], texts[after.id]
    said = [text for _number, text in old], [text for _number, text in new]
    numbers = [number for number, _text in old], [number for number, _text in new]
    return FilePair(before, after, pair, compare.pair_parts(*said), said, numbers)
