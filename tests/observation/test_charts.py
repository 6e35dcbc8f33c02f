"""Charts are whole SVG, say in words what they show, and hold nothing that a policy against inline style would stop."""

from itertools import pairwise

import pytest
from lxml import etree

from resource_hub.observation import charts, coding
from resource_hub.observation.charts import Pair, Spot
from resource_hub.observation.coding import Scheme

MODES = {"practice": "练习型", "lecture": "讲授型", "dialogue": "对话型", "mixed": "混合型"}
FIAS = coding.read_codes(Scheme.FIAS, "5 5 5 4 8 2 3 5 4 8 8 3")
DRAWN = {
    "staircase": charts.staircase("TTTTSSTTST", alt="教师 <7> & 学生 3", teacher="T 教师", pupils="S 学生"),
    "nothing": charts.staircase("", alt="还没有编码", teacher="T", pupils="S"),
    "plane": charts.plane([Spot("城里", 0.7, 0.4), Spot("城里", 0.5, 0.6, is_later=True)], MODES, alt="Rt 0.7，Ch 0.4"),
    "heat": charts.heat(coding.fias_matrix(FIAS), alt="矩阵"),
    "before_after": charts.before_after(
        [Pair("村端占比", 20, 45, ("20%", "45%")), Pair("候答", None, 6, ("", "6 秒"), 10)], alt="两轮", rounds=("第一轮", "第二轮")
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_whole_and_has_its_words(name: str) -> None:
    root = etree.XML(DRAWN[name])
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert not any(element.get("style") for element in root.iter())


def points(name: str, at: str) -> list[list[float]]:
    root = etree.XML(DRAWN[name])
    path = next(element for element in root.iter() if element.get("class") == at)
    return [[float(number) for number in part.split()] for part in path.get("d", "").replace("M", "L").split("L")[1:]]


def test_the_staircase_goes_right_for_the_teacher_and_up_for_pupils() -> None:
    steps = points("staircase", "chart-stairs")
    assert len(steps) == 11
    turns = "".join("T" if after[0] > before[0] else "S" for before, after in pairwise(steps))
    assert turns == "TTTTSSTTST"


def test_the_plane_shows_where_a_lesson_was_and_where_it_went() -> None:
    root = etree.XML(DRAWN["plane"])
    places = [(float(dot.get("cx", 0)), float(dot.get("cy", 0))) for dot in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert places == [(44 + 300 * 0.7, 326 - 300 * 0.4), (44 + 300 * 0.5, 326 - 300 * 0.6)]
    assert sum(element.get("class") == "chart-way" for element in root.iter()) == 1


def test_the_heat_map_writes_every_number_that_is_not_nothing() -> None:
    matrix = coding.fias_matrix(FIAS)
    root = etree.XML(DRAWN["heat"])
    cells = [element for element in root.iter() if element.get("class") == "chart-cell"]
    written = [int(element.text or 0) for element in root.iter() if element.get("font-size") == "11"][20:]
    assert len(cells) == 100
    assert written == [value for row in matrix for value in row if value]


def test_what_is_not_known_has_a_dash_and_no_bar() -> None:
    root = etree.XML(DRAWN["before_after"])
    bars = [float(bar.get("width", 0)) for bar in root.iter("{http://www.w3.org/2000/svg}rect")][2:]
    assert bars == [48, 108, 0, 144]
    assert "—" in [element.text for element in root.iter()]
