"""How much a document is worth to a question: the numbers and formulas that all engines share. Pure.

Documents that have every word stand first, then those that hold most of what the words tell:
rare words tell more, a word in the title more than one in passing, and a word that no visible
document has tells nothing, so that a long sentence still finds its lesson.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from resource_hub.infra.index.matching import Request, Unit

FIELD_WEIGHT = {"title": 5.0, "keywords": 3.0, "path": 2.5, "summary": 1.5, "body": 1.0}
LENGTH_SHARE = {"title": 0.3, "keywords": 0.2, "path": 0.0, "summary": 0.4, "body": 0.6}
FACET_WEIGHT = 2.0
GRAM_WEIGHT = 2.5
SATURATION = 1.2
ALL_PARTS, SOME_PARTS = 0.9, 0.6
"""How far a word is covered when only the shorter words inside it are there: all, or some."""
NEAR = 0.7
"""How far a word is covered by one that means nearly the same; less than by itself, so that ranks below it."""
HALF = 12.0
"""The score at which a word counts half: once in a text is little, in title and keywords much."""
LEAST_COVER, LEAST_OF_BEST = 0.3, 0.5
"""A hit covers this share of what the known words tell, or stands for this share of what the best one does."""
HEADS = ("title", "keywords", "path")
PASSING = 0.25
"""A document stands for a word in its head (or its facets); for one in passing only this far."""
FLOOR = 0.5
"""What even a word tells that almost everything has."""
CHARACTER = 0.4
"""A single character among words tells less than its rareness says."""
FULL, WORTH, BOOST = 10.0, 9.0, 0.5
IN_TITLE = 2.0
TITLES_COMPARED = 200
MOST_VALUES = 100

Points = NDArray[np.float64]
"""A number for each of many documents."""
Number = TypeVar("Number", float, Points)
"""Of one document, or of many at once."""


def asked(request: Request) -> list[Unit]:
    """Return the words that are looked for, those of phrases too."""
    return [*request.units, *(unit for phrase in request.phrases for unit in phrase.units)]


def is_browsing(request: Request) -> bool:
    """Return whether the newest come first, for want of words or by wish."""
    return request.newest_first or not (request.units or request.phrases)


def tells(unit: Unit, units: Sequence[Unit], documents: int, holding: int) -> float:
    """Return how much ``unit`` tells that ``holding`` of ``documents`` have."""
    rareness = math.log(1 + (documents - holding + 0.5) / (holding + 0.5))
    return (FLOOR + rareness) * (CHARACTER if len(unit.text) == 1 and len(units) > 1 else 1.0)


def is_hit(told: float, cover: Points, stands: Points) -> NDArray[np.bool_]:
    """Return which documents are found, of those that cover and stand for so much.

    How often and how well a word stands decides ranks only: an engine can count hits without weighing them.
    """
    best = stands.max(initial=0.0)
    found: NDArray[np.bool_] = (cover >= LEAST_COVER * told - 1e-9) | (stands >= LEAST_OF_BEST * best - 1e-9)
    return found


def field_score(name: str, count: Number, length: Number, usual: float) -> Number:
    """Return what ``count`` times a word is worth in a field of ``length`` words, where ``usual`` is the mean."""
    share = LENGTH_SHARE[name]
    norm = SATURATION * (1 - share + share * length / usual)
    return FIELD_WEIGHT[name] * count * (SATURATION + 1) / (count + norm)


def worth(told: float, degree: Number, score: Number) -> Number:
    """Return what a document gets of what a word tells."""
    return told * degree * score / (score + HALF)


def title_bonus(wording: str, plain_title: str) -> float:
    """Return the points of a title that says just what was asked."""
    return IN_TITLE * len(wording) / len(plain_title) if wording and wording in plain_title else 0.0
