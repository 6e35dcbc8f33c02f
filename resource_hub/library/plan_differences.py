"""What changed in a plan, in words and marked runs: stage by stage, column by column, and the other sections."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from resource_hub.library import compare, lesson_plan
from resource_hub.library.compare import Change, Pair
from resource_hub.library.differences import Comparison
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS
from resource_hub.library.planning.merging import LINES, Offer, Part, Standing

CHANGE_WORDS = {
    Change.CHANGED: _l("有改动"), Change.ADDED: _l("新增"), Change.REMOVED: _l("删去"), Change.MOVED: _l("换了位置"),
    Change.UNREAD: _l("没有文字，请看图"), Change.SAME: _l("没有改动"),
}  # fmt: skip
_LABELS = {
    "title": _l("课题"),
    "periods": _l("课时"),
    "name": _l("环节"),
    "minutes": _l("时间"),
    **{name: _l(label) for name, label in (SECTIONS | COLUMNS).items()},
}
_SAMPLE = 400


def steps(found: Comparison) -> list[dict[str, Any]]:
    """Return the stages that are not the same on both sides, each with its columns that differ."""
    return [_step(number, pair, found) for number, pair in enumerate(found.steps) if pair.change is not Change.SAME]


def sections(found: Comparison) -> list[dict[str, Any]]:
    """Return the lines and sections that differ, with their words marked."""
    before, after = found.sections
    return [_row(name, before, after) for name in LINES if before.get(name) != after.get(name)]


def sentence(row: Mapping[str, Any]) -> str:
    """Return one stage of the list of changes in a line."""
    return _("教学过程：%(what)s", what=f"{row['name']} {row['words']}{'、' + row['also'] if row['also'] else ''}")


def news(offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """Return the changes of the origin that a fork may take: each with its words, its standing and its one button."""
    return [
        {
            "key": one.key, "label": _offer_label(one), "standing": one.standing.value,
            "button": _("用原作的，替换我的") if one.standing is Standing.CONFLICT else _("采纳这一处"),
            "rows": _offer_rows(one),
        }
        for one in offers
    ]  # fmt: skip


def _step(number: int, pair: Pair, found: Comparison) -> dict[str, Any]:
    before = found.plans[0][pair.before].texts if pair.before is not None else {}
    after = found.plans[1][pair.after].texts if pair.after is not None else {}
    return {
        "number": number, "name": after.get("name") or before.get("name") or "", "words": str(CHANGE_WORDS[pair.change]),
        "change": pair.change, "also": str(CHANGE_WORDS[Change.CHANGED]) if pair.change is Change.MOVED and pair.is_changed else "",
        "places": ((pair.before or 0) + 1, (pair.after or 0) + 1) if pair.change is Change.MOVED else None,
        "columns": [_row(name, before, after) for name in ("name", "minutes", *COLUMNS) if before.get(name) != after.get(name)],
    }  # fmt: skip


def _row(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    left, right = compare.marked(before.get(name, ""), after.get(name, ""))
    return {"name": name, "label": str(_LABELS[name]), "before": left, "after": right}


def _offer_label(offer: Offer) -> str:
    if offer.step is None:
        return str(_LABELS[offer.parts[0].name])
    return _("环节「%(name)s」%(what)s", name=offer.step.name or _("没有名称"), what=CHANGE_WORDS[offer.change])


def _offer_rows(offer: Offer) -> list[dict[str, Any]]:
    """Return what the change says: before and after by column, and what the fork says where that is something else."""
    if offer.change in (Change.ADDED, Change.REMOVED) and offer.step is not None:
        said = compare.Step("", {name: _words(getattr(offer.step, name)) for name in COLUMNS}).text
        before, after = (said, "") if offer.change is Change.REMOVED else ("", said)
        left, right = compare.marked(before[:_SAMPLE], after[:_SAMPLE])
        return [{"label": "", "before": left, "after": right, "mine": ""}]
    return [_part_row(part) for part in offer.parts]


def _part_row(part: Part) -> dict[str, Any]:
    left, right = compare.marked(_words(part.base), _words(part.new))
    mine = _words(part.mine) if part.standing is Standing.CONFLICT else ""
    return {"label": str(_LABELS[part.name]), "before": left, "after": right, "mine": mine}


def _words(value: Any) -> str:
    if value is None:
        return ""
    return lesson_plan.words(value) if isinstance(value, tuple) else str(value)
