"""What other features hear of shared lessons."""

from dataclasses import dataclass

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class LessonOpened(Event):
    """Recorded once, in the unit that opens a planned lesson; the row says ``open`` then."""

    lesson_id: str


@dataclass(frozen=True, slots=True)
class LessonEnded(Event):
    """Recorded once, in the unit that ends an open lesson; it will not be opened again."""

    lesson_id: str


@dataclass(frozen=True, slots=True)
class LessonExtended(Event):
    """Recorded in the unit that lets an open lesson end later than planned."""

    lesson_id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class LessonMoved(Event):
    """Recorded in the unit that gives a planned lesson another day or period."""

    lesson_id: str


@dataclass(frozen=True, slots=True)
class LessonCancelled(Event):
    """Recorded in the unit that cancels a planned lesson; it may be restored while it lies ahead."""

    lesson_id: str


@dataclass(frozen=True, slots=True)
class SubstituteNamed(Event):
    """Recorded when somebody else takes a lesson, or the assistance at one class of it (``class_id``).

    The one who was planned has the lesson back when ``person_id`` is theirs.
    """

    lesson_id: str
    person_id: str
    replaced_id: str | None
    class_id: str | None = None
