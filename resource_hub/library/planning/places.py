"""Where in a plan something is wrong, as its author would say it: 「第4个环节的教师活动」."""

from collections.abc import Sequence

from resource_hub.kernel.errors import N_
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS

PARTS = {
    **SECTIONS,
    "title": N_("课题"),
    "periods": N_("课时"),
    "steps": N_("教学过程"),
}
STEP_PARTS = {**COLUMNS, "name": N_("环节"), "minutes": N_("时间"), "id": N_("编号")}


def place_of(loc: Sequence[object]) -> tuple[str, int | None, str]:
    """Return the path, the number of the stage from 1 (``None`` outside of the stages) and the part's name of a wrong value.

    ``loc`` is pydantic's, beginning inside the plan; what lies deeper than a text is left out, since
    its author sees one text there.
    """
    match list(loc):
        case ["steps", int() as at, str() as part, *_rest]:
            return f"steps.{at}.{part}", at + 1, STEP_PARTS.get(part, PARTS["steps"])
        case ["steps", int() as at, *_rest]:
            return f"steps.{at}", at + 1, PARTS["steps"]
        case [str() as part, *_rest]:
            return part, None, PARTS.get(part, "")
    return "", None, ""
