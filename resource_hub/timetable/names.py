"""The names that lessons and pairings show: subjects, classes, schools, people, each asked for once a list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from resource_hub.people import queries as people
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A class at a lesson; ``position`` 0 leads. ``planned_assist`` is who was to assist before somebody else came.

    In a research meeting it is a person: ``class_id`` is empty and ``class_name`` their name; who works for the
    district has no school either.
    """

    class_id: str
    class_name: str
    school_id: str
    school: str
    position: int
    assist_id: str | None
    assist: str
    planned_assist_id: str | None
    planned_assist: str
    head_count: int


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a list of lessons or pairings shows, each asked for once."""

    subjects: Mapping[str, str]
    classes: Mapping[str, schools.ClassFacts]
    schools: Mapping[str, str]
    people: Mapping[str, people.PersonCard]

    @classmethod
    def of(cls, class_ids: Iterable[str | None], person_ids: Iterable[str | None], school_ids: Iterable[str | None] = ()) -> "Names":
        classes = schools.classes(ident for ident in class_ids if ident)
        wanted = {klass.school_id for klass in classes.values()} | {ident for ident in school_ids if ident}
        names = schools.school_names(wanted)
        return cls(schools.subject_names(), classes, names, people.person_names(ident for ident in person_ids if ident))

    def person(self, person_id: str | None) -> str:
        card = self.people.get(person_id or "")
        return card.name if card else ""

    def site(
        self, class_id: str, position: int, assist_id: str | None, *, planned_assist_id: str | None = None, head_count: int | None = None
    ) -> SiteFacts:
        klass = self.classes[class_id]
        return SiteFacts(
            class_id=class_id,
            class_name=klass.name,
            school_id=klass.school_id,
            school=self.schools.get(klass.school_id, ""),
            position=position,
            assist_id=assist_id,
            assist=self.person(assist_id),
            planned_assist_id=planned_assist_id,
            planned_assist=self.person(planned_assist_id),
            head_count=klass.head_count if head_count is None else head_count,
        )

    def place(self, person_id: str, school_id: str | None, position: int) -> SiteFacts:
        """Return the place of a person in a research meeting."""
        return SiteFacts(
            class_id="",
            class_name=self.person(person_id),
            school_id=school_id or "",
            school=self.schools.get(school_id or "", ""),
            position=position,
            assist_id=person_id if position else None,
            assist=self.person(person_id) if position else "",
            planned_assist_id=None,
            planned_assist="",
            head_count=1,
        )
