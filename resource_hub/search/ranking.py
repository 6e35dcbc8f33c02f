"""What lifts a hit beyond its words: the district's books, what the viewer teaches, where they belong.

Why apart from the index: the index adds points per facet value and knows nothing of districts.
Rule: a lift orders what was found and never adds or hides anything.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.queries import DefaultEdition
from resource_hub.infra import tokenizer
from resource_hub.infra.index.matching import Lift
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.search import queries, rules

_EXTENSION = "resource_hub.search.books"
_FRESH_S = 60.0
MOST = 5.0
"""The heaviest a reason may weigh: half of what having every word weighs, so that words still decide."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hit may stand higher; ``usual`` is its weight unless the district sets another."""

    label: LazyString
    usual: float


REASONS = {
    "edition": Reason(_l("本区在用的教材"), 1.5),
    "subject": Reason(_l("本人任教的学科"), 0.8),
    "grade": Reason(_l("本人最近查的年级"), 0.6),
    "community": Reason(_l("本教共体的学校"), 0.2),
}


def lifts_of(viewer: Viewer) -> tuple[Lift, ...]:
    """Return what lifts hits for this viewer; read in the caller's unit."""
    subjects, grades = _habits(viewer)
    reasons = {
        "edition": ("node", _books_in_use()),
        "subject": ("subject", subjects),
        "grade": ("grade", grades),
        "community": ("community", viewer.communities),
    }
    weights = weights_in_use()
    return tuple(Lift(facet, values, weights[name]) for name, (facet, values) in reasons.items() if values and weights[name])


def weights_in_use() -> Mapping[str, float]:
    """Return reason → points."""
    return {name: reason.usual for name, reason in REASONS.items()} | queries.weights()


def _habits(viewer: Viewer) -> tuple[frozenset[str], frozenset[str]]:
    """Return the subjects that the viewer teaches and the grade that they asked for last."""
    codes = people.subjects_of(viewer.person_id)
    names = schools.subject_names() if codes else {}
    for query in queries.recent(viewer.person_id):
        found = [item for item in rules.recognise(tokenizer.normalise(query).text) if item.facet == "grade"]
        if found:
            return frozenset(names.get(code, code) for code in codes), frozenset({rules.grade_code(found[0].name)})
    return frozenset(names.get(code, code) for code in codes), frozenset()


def _books_in_use() -> frozenset[str]:
    """Return the nodes of the volumes that the district uses; asked anew once a minute."""
    kept: tuple[float, frozenset[str]] | None = current_app.extensions.get(_EXTENSION)
    if kept is None or time.monotonic() - kept[0] > _FRESH_S:
        kept = current_app.extensions[_EXTENSION] = time.monotonic(), _volumes(curriculum.default_editions())
    return kept[1]


def _volumes(editions: tuple[DefaultEdition, ...]) -> frozenset[str]:
    """Return the volumes of these editions; what is fixed for a grade outweighs what holds for all."""
    own = {(e.stage, e.subject, e.grade) for e in editions if e.grade}
    found: set[str] = set()
    for edition in editions:
        for volume in curriculum.children_of(edition.edition_id):
            if edition.grade == volume.grade or (not edition.grade and (edition.stage, edition.subject, volume.grade) not in own):
                found.add(volume.id)
    return frozenset(found)
