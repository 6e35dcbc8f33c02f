"""Which subjects a class must be taught, and which it is not: the list 开不齐清单. Pure.

Source: 义务教育课程方案（2022 年版）, the table of subjects by grade. Music and fine art are the two
strands of 艺术; a class that is taught 艺术 as one subject lacks neither. Kindergartens have no subjects.
"""

from collections.abc import Collection, Iterable

from resource_hub.schools.schemas import Grade

_ALWAYS = "chinese math morality pe music fine_art labour practice"
_BY_GRADE: dict[Grade, str] = {
    Grade.G1: "science",
    Grade.G2: "science",
    Grade.G3: "english science it",
    Grade.G4: "english science it",
    Grade.G5: "english science it",
    Grade.G6: "english science it",
    Grade.G7: "english it history geography biology",
    Grade.G8: "english it history geography biology physics",
    Grade.G9: "english history physics chemistry",
}
_ARTS = "arts"
_STRANDS = frozenset({"music", "fine_art"})


def required_subjects(grades: Iterable[Grade]) -> frozenset[str]:
    """Return the codes of all subjects that these grades must be taught."""
    taught = [grade for grade in grades if grade in _BY_GRADE]
    return frozenset(code for grade in taught for code in f"{_ALWAYS} {_BY_GRADE[grade]}".split())


def missing_subjects(grades: Iterable[Grade], taught: Collection[str]) -> frozenset[str]:
    """Return what is required and not taught."""
    lacking = required_subjects(grades) - frozenset(taught)
    return lacking - _STRANDS if _ARTS in taught else lacking
