"""A lesson plan (教学设计) as data: the form's fields, its stages as rows, and what a text may hold.

The fields are those of the district's form (domain handbook §2.1). A text is a list of blocks, each
a paragraph, a list item, a picture or a formula by itself; a paragraph is a list of runs: words,
formulas (LaTeX) and links to resources of the library. Whoever has only words may give a string in
a text's place: every line becomes a paragraph.

A plan that stands in a resource version is never changed. Stages keep their ``id`` from version to
version and through a fork, so that two plans compare stage by stage even when stages moved.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from resource_hub.kernel.errors import N_

MOST_STEPS = 300
MOST_BLOCKS = 400
LONGEST_RUN = 10_000
LONGEST_FORMULA = 2_000

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Ident = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,40}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """Words in one look; ``resource`` makes them a link to a resource of the library."""

    text: Annotated[str, StringConstraints(max_length=LONGEST_RUN)]
    bold: bool = False
    underline: bool = False
    resource: Ident | None = None


class Formula(_Strict):
    """A formula inside a line, as LaTeX."""

    formula: Annotated[str, StringConstraints(max_length=LONGEST_FORMULA)]


Run = Words | Formula


class BlockKind(StrEnum):
    """What a block of words is."""

    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"


class Block(_Strict):
    """A paragraph or an item of a list."""

    type: BlockKind = BlockKind.PARAGRAPH
    runs: tuple[Run, ...] = Field(default=(), max_length=MOST_BLOCKS)


class Picture(_Strict):
    """A picture by the id of its asset; ``alt`` says what it shows."""

    type: Literal["picture"] = "picture"
    asset: Ident
    alt: Line = ""


def _as_blocks(given: object) -> object:
    if not isinstance(given, str):
        return given
    return [{"runs": [{"text": line}]} for line in given.splitlines() if line.strip()]


Text = Annotated[tuple[Block | Picture, ...], Field(max_length=MOST_BLOCKS), BeforeValidator(_as_blocks)]


class Step(_Strict):
    """A stage (环节) of the lesson: a row of the form. ``minutes`` is what is planned."""

    id: Ident
    name: Line = ""
    minutes: Annotated[int, Field(ge=0, le=600)] | None = None
    teacher: Text = ()
    pupils: Text = ()
    intent: Text = ()
    village: Text = ()


class Plan(_Strict):
    """A whole plan. Every field may be empty: a plan is a draft until somebody turns it in."""

    title: Line = ""
    periods: Line = ""
    rationale: Text = ()
    textbook: Text = ()
    learners_city: Text = ()
    learners_village: Text = ()
    goals: Text = ()
    key_points: Text = ()
    assessment: Text = ()
    preparation: Text = ()
    steps: tuple[Step, ...] = Field(default=(), max_length=MOST_STEPS)
    board: Text = ()
    homework: Text = ()
    reflection: Text = ()

    @field_validator("steps")
    @classmethod
    def ids_differ(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Whatever compares plans or takes changes over goes by the ids of stages."""
        if len({step.id for step in steps}) < len(steps):
            raise ValueError("two stages have one id")
        return steps


SECTIONS = {
    "rationale": N_("设计理念"),
    "textbook": N_("教材分析"),
    "learners_city": N_("学情分析（城区）"),
    "learners_village": N_("学情分析（村校）"),
    "goals": N_("核心素养目标"),
    "key_points": N_("重难点"),
    "assessment": N_("评价任务"),
    "preparation": N_("教学准备"),
    "board": N_("板书设计"),
    "homework": N_("分层作业"),
    "reflection": N_("教学反思"),
}
"""The texts of the form with their names, in the form's order; the stages stand before ``board``."""

COLUMNS = {
    "teacher": N_("教师活动"),
    "pupils": N_("学生活动"),
    "intent": N_("设计意图"),
    "village": N_("村校端做什么"),
}
"""The columns of a stage, in the form's order."""


def words(text: Text) -> str:
    """Return what a text says in plain words, a line a block; a formula as its LaTeX."""
    return "\n".join(_line(block) for block in text)


def every_text(plan: Plan) -> Iterator[Text]:
    """Yield every text of the plan in the form's order."""
    for name in SECTIONS:
        if name == "board":
            for step in plan.steps:
                yield from (getattr(step, column) for column in COLUMNS)
        yield getattr(plan, name)


def assets(plan: Plan) -> list[str]:
    """Return the ids of the pictures, each once, in the order they stand."""
    found = (block.asset for text in every_text(plan) for block in text if isinstance(block, Picture))
    return list(dict.fromkeys(found))


def minutes(plan: Plan) -> int:
    """Return the minutes of all stages together; a stage without minutes counts none."""
    return sum(step.minutes or 0 for step in plan.steps)


def _line(block: Block | Picture) -> str:
    if isinstance(block, Picture):
        return block.alt
    return "".join(run.text if isinstance(run, Words) else run.formula for run in block.runs)
