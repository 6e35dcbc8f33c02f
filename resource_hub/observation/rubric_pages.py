"""The form of a rubric: rows as typed, so that a refusal loses nothing."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from resource_hub.infra.web.replies import parse
from resource_hub.kernel.errors import Invalid, NotFound
from resource_hub.observation import queries, seeds
from resource_hub.observation.schemas import RubricIn

_EMPTY_ROWS = 2
"""Places for more rows at the end of the form."""
_FIELDS = ("name", "weight", "d1", "d2", "d3", "d4")


def rubric_in(typed: MultiDict[str, str]) -> RubricIn:
    """Return the typed rows as a rubric; empty rows are left out, Invalid for what is none."""
    rows = []
    for row in _typed_rows(typed):
        if not row["name"].strip() and not row["weight"].strip():
            continue
        words = [row[name].strip() for name in _FIELDS[2:]]
        rows.append({"name": row["name"], "weight": row["weight"].strip() or "0", "descriptors": words if any(words) else []})
    try:
        return parse(RubricIn, {"title": typed.get("title", ""), "about": typed.get("about", ""), "rows": rows})
    except Invalid as error:
        told = {name.split(".")[0]: words for name, words in error.fields.items()}
        raise Invalid(fields=told) from error


def form_of(rubric_id: str, typed: MultiDict[str, str] | None = None, error: Invalid | None = None) -> dict[str, Any]:
    """Return what ``observation/rubric.html`` shows: what is kept, or what was typed with what is wrong with it."""
    found = queries.rubric(rubric_id)
    if found is None or found.is_seed:
        raise NotFound
    kept = [dict(zip_longest(_FIELDS, (row.name, str(row.weight), *row.descriptors), fillvalue="")) for row in found.rows]
    rows = _typed_rows(typed) if typed is not None else kept
    empty: Mapping[str, str] = dict.fromkeys(_FIELDS, "")
    return {
        "rubric": found,
        "title": typed.get("title", "") if typed is not None else found.title,
        "about": typed.get("about", "") if typed is not None else found.about,
        "rows": [*rows, *([empty] * _EMPTY_ROWS if typed is None else [])],
        "levels": seeds.LEVEL_NAMES,
        "error": error,
    }


def _typed_rows(typed: MultiDict[str, str]) -> list[dict[str, str]]:
    columns = [typed.getlist(name) for name in _FIELDS]
    return [dict(zip(_FIELDS, values, strict=True)) for values in zip_longest(*columns, fillvalue="")][:30]
