"""The plan's form: what it takes, what it refuses, and what its words are."""

import pytest
from pydantic import ValidationError

from resource_hub.library import lesson_plan
from resource_hub.library.lesson_plan import Plan


def _plan() -> Plan:
    return Plan.model_validate(
        {
            "title": " 分数的初步认识 ",
            "goals": "认识几分之一\n\n会读会写",
            "steps": [
                {"id": "a", "name": "导入", "minutes": 5, "teacher": [{"type": "picture", "asset": "cake", "alt": "蛋糕"}]},
                {"id": "b", "pupils": [{"runs": [{"text": "写 "}, {"formula": "\\frac12"}]}]},
            ],
            "board": [{"type": "picture", "asset": "cake"}],
        }
    )


def test_words_given_as_a_string_become_a_paragraph_a_line() -> None:
    assert lesson_plan.words(_plan().goals) == "认识几分之一\n会读会写"


def test_texts_come_in_the_order_of_the_form() -> None:
    said = [lesson_plan.words(text) for text in lesson_plan.every_text(_plan()) if text]
    assert said == ["认识几分之一\n会读会写", "蛋糕", "写 \\frac12", ""]


def test_pictures_are_named_once_and_minutes_add_up() -> None:
    assert lesson_plan.assets(_plan()) == ["cake"]
    assert lesson_plan.minutes(_plan()) == 5


def test_a_plan_survives_being_stored() -> None:
    assert Plan.model_validate_json(_plan().model_dump_json(exclude_defaults=True)) == _plan()


@pytest.mark.parametrize(
    "given",
    [
        {"titel": "?"},
        {"steps": [{"name": "without an id"}]},
        {"steps": [{"id": "a", "minutes": -1}]},
        {"steps": [{"id": "a"}, {"id": "a"}]},
        {"goals": [{"type": "script", "runs": []}]},
        {"goals": [{"runs": [{"text": "x", "href": "javascript:alert(1)"}]}]},
        {"steps": [{"id": str(place)} for place in range(lesson_plan.MOST_STEPS + 1)]},
    ],
)
def test_what_no_form_has_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        Plan.model_validate(given)
