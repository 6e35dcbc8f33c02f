"""A plan becomes a document and a document a plan, whatever stands in it; hostile documents are read too."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, XmlElement, XmlFragment, XmlText
from pycrdt import Text as Line

from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Block, BlockKind, Formula, Picture, Plan, Step, Text, Words
from resource_hub.plans import document, order, updates

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
IDENTS = st.from_regex(r"[0-9A-Za-z_-]{1,20}", fullmatch=True)
RUNS = st.lists(
    st.builds(Words, text=WORDS, bold=st.booleans(), underline=st.booleans(), resource=st.none() | IDENTS)
    | st.builds(Formula, formula=WORDS),
    max_size=5,
)
BLOCKS = st.builds(Block, type=st.sampled_from(BlockKind), runs=RUNS.map(tuple)) | st.builds(Picture, asset=IDENTS, alt=WORDS)
TEXTS = st.lists(BLOCKS, max_size=4).map(tuple)
STEPS = st.builds(Step, id=IDENTS, name=WORDS, minutes=st.none() | st.integers(0, 600), **dict.fromkeys(COLUMNS, TEXTS))
PLANS = st.builds(
    Plan,
    title=WORDS,
    periods=WORDS,
    steps=st.lists(STEPS, max_size=4, unique_by=lambda step: step.id).map(tuple),
    **dict.fromkeys(SECTIONS, TEXTS),
)


def as_written(plan: Plan) -> Plan:
    """Return the same plan as documents say it: neighbours of one look are one run, and no empty line ends a text."""
    steps = [step.model_copy(update={column: joined(getattr(step, column)) for column in COLUMNS}) for step in plan.steps]
    return plan.model_copy(update={name: joined(getattr(plan, name)) for name in SECTIONS} | {"steps": tuple(steps)})


def joined(text: Text) -> Text:
    blocks = [block if isinstance(block, Picture) else block.model_copy(update={"runs": tuple(neighbours(block))}) for block in text]
    while blocks and blocks[-1] == Block():
        blocks.pop()
    return tuple(blocks)


def neighbours(block: Block) -> list[Any]:
    runs: list[Any] = []
    for run in block.runs:
        last = runs[-1] if runs else None
        if isinstance(run, Words) and isinstance(last, Words) and last == run.model_copy(update={"text": last.text}):
            runs[-1] = last.model_copy(update={"text": last.text + run.text})
        else:
            runs.append(run)
    return runs


@given(PLANS)
def test_a_plan_comes_back_from_its_document_as_it_was(plan: Plan) -> None:
    doc = document.new(plan)
    copy: Doc[Any] = Doc()
    copy.apply_update(doc.get_update())
    assert document.read(copy) == as_written(plan)


def test_a_stage_moves_by_one_word_and_what_is_written_in_it_meanwhile_stays() -> None:
    one = document.new(Plan(steps=tuple(Step(id=ident, name=ident) for ident in "abc")))
    other: Doc[Any] = Doc()
    other.apply_update(one.get_update())
    one.get("steps", type=Map)["a"]["order"] = "zz"
    assert document.put_text(other, "a/teacher", Plan(goals="出示两幅画").goals)
    one.apply_update(other.get_update())
    plan = document.read(one)
    assert [step.id for step in plan.steps] == ["b", "c", "a"]
    assert document.text_at(plan, "a/teacher") == Plan(goals="出示两幅画").goals


def test_a_stage_that_was_taken_out_is_no_place_any_more() -> None:
    doc = document.new(Plan(steps=(Step(id="a"),)))
    doc.get("steps", type=Map)["a"]["gone"] = True
    assert document.read(doc).steps == ()
    assert not document.put_text(doc, "a/teacher", ())


def test_whatever_a_client_writes_is_read_as_a_plan() -> None:
    doc: Doc[Any] = Doc()
    goals = doc.get("goals", type=XmlFragment)
    goals.children.append(XmlElement("script", {"src": "x"}, ["alert(1)"]))
    goals.children.append(XmlElement("picture", {"asset": "../../x"}))
    goals.children.append(XmlElement("paragraph", {}, [XmlText("好"), XmlElement("formula", {})]))
    goals.children.append(XmlText("没有段落"))
    steps = doc.get("steps", type=Map)
    steps["a"] = Map({"minutes": -3, "order": 7, "name": "no text", "teacher": Array([1])})
    steps["../b"] = Map({})
    steps["c"] = "no stage"
    steps["d"] = Map({"minutes": 1e9, "name": Line("长" * 500 + "\n行")})
    plan = document.read(doc)
    assert plan.goals == (Block(runs=(Words(text="好"),)),)
    assert [(step.id, step.minutes, len(step.name)) for step in plan.steps] == [("a", None, 0), ("d", None, 200)]


@pytest.mark.parametrize("what", ["steps", "blocks"])
def test_a_plan_has_an_end(what: str) -> None:
    doc = document.new(Plan())
    document.check(doc)
    if what == "steps":
        steps = doc.get("steps", type=Map)
        for number in range(301):
            steps[f"s{number}"] = Map({})
    else:
        goals = doc.get("goals", type=XmlFragment)
        for _ in range(401):
            goals.children.append(XmlElement("paragraph"))
    with pytest.raises(document.PlanTooLarge):
        document.check(doc)
    assert document.read(doc)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_update_change_nothing_or_are_refused(noise: bytes) -> None:
    doc = document.new(Plan(title="课"))
    try:
        changed = updates.applied(doc, noise)
    except updates.BadUpdate:
        return
    copy = document.new(Plan(title="课"))
    assert changed == b"" or copy.get_state() != doc.get_state() or document.read(doc)


def test_an_update_taken_in_twice_changes_nothing_the_second_time() -> None:
    doc, other = document.new(Plan(title="课")), Doc()
    update = doc.get_update()
    assert updates.applied(other, update)
    assert updates.applied(other, update) == b""
    assert updates.clocks(other.get_state()) == updates.clocks(doc.get_state())


@given(st.integers(0, 300))
def test_places_of_stages_are_in_order_with_room_between_and_around(count: int) -> None:
    keys = order.spread(count)
    assert len(set(keys)) == count
    assert keys == sorted(keys)
    assert all("0" < key < "zzzz" and not key.endswith("0") for key in keys)


def test_documents_that_were_apart_say_the_same_when_they_met() -> None:
    rng = random.Random(7)
    start = document.new(Plan(steps=tuple(Step(id=f"s{n}") for n in range(4)))).get_update()
    docs: list[Doc[Any]] = []
    for _ in range(3):
        doc: Doc[Any] = Doc()
        doc.apply_update(start)
        docs.append(doc)
    for turn in range(200):
        doc = rng.choice(docs)
        scribble(doc, rng, turn)
        if turn % 20 == 0:
            doc.apply_update(rng.choice(docs).get_update(doc.get_state()))
    for one in docs:
        for other in docs:
            one.apply_update(other.get_update(one.get_state()))
    assert document.read(docs[0]) == document.read(docs[1]) == document.read(docs[2])


def scribble(doc: Doc[Any], rng: random.Random, turn: int) -> None:
    """Do one of the things that editors do."""
    row = doc.get("steps", type=Map)[f"s{rng.randrange(4)}"]
    match rng.randrange(4):
        case 0:
            row["order"] = rng.choice("ABCDEF") + str(turn % 7 + 1)
        case 1:
            row["minutes"] = rng.randrange(40)
        case 2:
            name = row["name"]
            name.insert(rng.randrange(len(str(name)) + 1), rng.choice("abcd"))
        case _:
            row[rng.choice(tuple(COLUMNS))].children.append(XmlElement("paragraph", {}, [f"第{turn}句"]))
