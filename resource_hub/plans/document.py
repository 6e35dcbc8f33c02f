"""A plan as the document that several people write: ``library.lesson_plan.Plan`` to a Yjs document and back.

Every section is a fragment at the root, so that two people who begin one at once write in the same;
the stages are a map by id, each with its place in the order as a word (``order``), so that moving a stage
touches nothing else of it; a stage that was taken out only says so. Fragments hold what the editor's
ProseMirror schema knows. Reading is total: whatever clients may have written, it gives a plan; ``check``
refuses what is too large for one.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

from pycrdt import Doc, Map, XmlElement, XmlFragment, XmlText
from pycrdt import Text as Line

from resource_hub.kernel.errors import N_, TooLarge
from resource_hub.library.lesson_plan import (
    COLUMNS,
    LONGEST_FORMULA,
    LONGEST_RUN,
    MOST_BLOCKS,
    MOST_STEPS,
    SECTIONS,
    Block,
    BlockKind,
    Formula,
    Picture,
    Plan,
    Step,
    Text,
    Words,
)
from resource_hub.plans.order import spread

LINES = ("title", "periods")
LONGEST_LINE = 200
LONGEST_MINUTES = 600

_IDENT = re.compile(r"[0-9A-Za-z_-]{1,40}\Z")
_KINDS = frozenset(BlockKind)


class PlanTooLarge(TooLarge):
    code = "plan_too_large"
    message = N_("教案太长了：最多 300 个环节，每一栏最多 400 段。请拆成两份，或删去一些再试。")


def new(plan: Plan) -> Doc[Any]:
    """Return a document that says what ``plan`` says."""
    doc: Doc[Any] = Doc()
    with doc.transaction():
        for name in LINES:
            doc.get(name, type=Line).insert(0, getattr(plan, name))
        for name in SECTIONS:
            _fill(doc.get(name, type=XmlFragment), getattr(plan, name))
        steps = doc.get("steps", type=Map)
        for key, step in zip(spread(len(plan.steps)), plan.steps, strict=True):
            steps[step.id] = Map({"order": key, "minutes": step.minutes})
            row = steps[step.id]
            row["name"] = Line(step.name)
            for column in COLUMNS:
                row[column] = XmlFragment()
                _fill(row[column], getattr(step, column))
    return doc


def read(doc: Doc[Any]) -> Plan:
    """Return the plan that a document says; what no plan may hold is left out."""
    given: dict[str, Any] = {name: _line(doc.get(name, type=Line)) for name in LINES}
    given |= {name: _text(doc.get(name, type=XmlFragment)) for name in SECTIONS}
    rows = sorted(_rows(doc), key=lambda pair: (_word(pair[1].get("order")), pair[0]))
    return Plan(**given, steps=tuple(_step(ident, row) for ident, row in rows[:MOST_STEPS]))


def check(doc: Doc[Any]) -> None:
    """Raise PlanTooLarge when a document holds more than a plan may."""
    rows = list(_rows(doc))
    texts: list[object] = [doc.get(name, type=XmlFragment) for name in SECTIONS]
    texts += [row.get(column) for _ident, row in rows for column in COLUMNS]
    if len(rows) > MOST_STEPS or any(isinstance(text, XmlFragment) and len(text.children) > MOST_BLOCKS for text in texts):
        raise PlanTooLarge


def title_of(doc: Doc[Any]) -> str:
    return _line(doc.get("title", type=Line))


def fragment_at(doc: Doc[Any], place: str) -> XmlFragment | None:
    """Return the text at a place: a section by its name, or ``<stage>/<column>``; None when it is not there."""
    if place in SECTIONS:
        return doc.get(place, type=XmlFragment)
    ident, _slash, column = place.partition("/")
    row = dict(_rows(doc)).get(ident)
    found = row.get(column) if row is not None and column in COLUMNS else None
    return found if isinstance(found, XmlFragment) else None


def put_text(doc: Doc[Any], place: str, text: Text) -> bool:
    """Put a text in the place of what stands there; False when the place is gone."""
    fragment = fragment_at(doc, place)
    if fragment is None:
        return False
    with doc.transaction():
        del fragment.children[0 : len(fragment.children)]
        _fill(fragment, text)
    return True


def text_at(plan: Plan, place: str) -> Text | None:
    """Return what a plan says at a place; None when the place is gone."""
    found: Text | None = None
    if place in SECTIONS:
        found = getattr(plan, place)
    ident, _slash, column = place.partition("/")
    for step in plan.steps:
        if step.id == ident and column in COLUMNS:
            found = getattr(step, column)
    return found


def _fill(fragment: XmlFragment, text: Text) -> None:
    for block in text:
        if isinstance(block, Picture):
            fragment.children.append(XmlElement("picture", {"asset": block.asset, "alt": block.alt}))
            continue
        element = XmlElement(block.type.value)
        fragment.children.append(element)
        words: XmlText | None = None
        for run in block.runs:
            if isinstance(run, Formula):
                element.children.append(XmlElement("formula", {"formula": run.formula}))
                words = None
            elif run.text:
                if words is None:
                    words = XmlText()
                    element.children.append(words)
                words.insert(len(_bare(words).encode()), run.text, _looks(run))


def _bare(words: XmlText) -> str:
    return "".join(part for part, _looks in words.diff() if isinstance(part, str))


def _looks(run: Words) -> dict[str, Any]:
    """Return the marks of a run, each one said: what is not said would be taken over from the run before."""
    return {
        "bold": {} if run.bold else None,
        "underline": {} if run.underline else None,
        "resource": {"resource": run.resource} if run.resource else None,
    }


def _rows(doc: Doc[Any]) -> Iterator[tuple[str, Map[Any]]]:
    for ident, row in doc.get("steps", type=Map).items():
        if isinstance(row, Map) and _IDENT.match(ident) and row.get("gone") is not True:
            yield ident, row


def _step(ident: str, row: Map[Any]) -> Step:
    texts = {column: _text(row.get(column)) for column in COLUMNS}
    return Step(id=ident, name=_line(row.get("name")), minutes=_minutes(row.get("minutes")), **texts)


def _minutes(found: object) -> int | None:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= LONGEST_MINUTES:
        return None
    return int(found)


def _word(found: object) -> str:
    return found if isinstance(found, str) else ""


def _line(found: object) -> str:
    return " ".join(str(found).splitlines())[:LONGEST_LINE].strip() if isinstance(found, Line) else ""


def _text(found: object) -> Text:
    if not isinstance(found, XmlFragment):
        return ()
    blocks = [block for child in found.children if isinstance(child, XmlElement) and (block := _block(child)) is not None]
    while blocks and blocks[-1] == Block():
        blocks.pop()  # the editor keeps an empty line at the end to write in
    return tuple(blocks[:MOST_BLOCKS])


def _block(element: XmlElement) -> Block | Picture | None:
    looks = _attributes(element)
    if element.tag == "picture":
        asset, alt = looks.get("asset"), looks.get("alt")
        return Picture(asset=asset, alt=_word(alt)[:LONGEST_LINE]) if isinstance(asset, str) and _IDENT.match(asset) else None
    if element.tag not in _KINDS:
        return None
    return Block(type=BlockKind(element.tag), runs=tuple(_runs(element))[:MOST_BLOCKS])


def _attributes(element: XmlElement) -> dict[str, Any]:
    return dict(cast("list[tuple[str, Any]]", element.attributes))  # typed as what it is not


def _runs(element: XmlElement) -> Iterator[Words | Formula]:
    for child in element.children:
        if isinstance(child, XmlText):
            for part, looks in child.diff():
                if isinstance(part, str):
                    yield from _words(part, looks or {})
        elif isinstance(child, XmlElement) and child.tag == "formula":
            formula = _attributes(child).get("formula")
            if isinstance(formula, str):
                yield Formula(formula=formula[:LONGEST_FORMULA])


def _words(part: str, looks: dict[str, Any]) -> Iterator[Words]:
    link = looks.get("resource")
    resource = link.get("resource") if isinstance(link, dict) else None
    if not (isinstance(resource, str) and _IDENT.match(resource)):
        resource = None
    for start in range(0, len(part), LONGEST_RUN):
        text = part[start : start + LONGEST_RUN]
        yield Words(text=text, bold=looks.get("bold") is not None, underline=looks.get("underline") is not None, resource=resource)
