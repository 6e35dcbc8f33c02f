"""What other features hear of observations: who observed and who coded, for hours and dossiers."""

from dataclasses import dataclass

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class Observed(Event):
    """Recorded once, in the unit in which the observer first shares an observation with the taught teacher.

    ``minutes`` is how long it lasted by the aligned clock; ``lesson_id`` and ``asset_id`` are empty for the next room.
    """

    observation_id: str
    observer_id: str
    teacher_id: str | None
    lesson_id: str | None
    asset_id: str | None
    cycle_id: str | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Coded(Event):
    """Recorded with ``Observed``, once for each coding of the observation that has codes."""

    coding_id: str
    observation_id: str
    coder_id: str
    lesson_id: str | None
    asset_id: str | None
    cycle_id: str | None
    scheme: str
    minutes: int
