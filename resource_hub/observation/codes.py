"""What codes come to, in the shape of the contract: percentages to two places, shares to four.

Apart from ``coding``, whose figures are exact, because what travels and is shown is rounded once, here.
"""

from collections.abc import Iterable
from typing import Any

from resource_hub.observation.coding import Agreement, FiasFigures, Scheme, StFigures, agreement, fias_figures, read_codes, st_figures
from resource_hub.observation.schemas import CodesIn

_SHARES = frozenset({"id_ratio", "id_revised"})
_COUNTS = frozenset({"n", "columns"})
_FIAS = (
    "n", "columns", "tt", "pt", "sc", "id_ratio", "id_revised", "trr", "tqr", "pir", "ccr", "ssr", "pssr", "trr89", "tqr89", "vc",
)  # fmt: skip


def computed(given: CodesIn) -> dict[str, Any]:
    """Return the figures of codes; with a second coder's, how far the two agree."""
    codes = read_codes(given.scheme, given.codes)
    found = st_json(st_figures(codes)) if given.scheme is Scheme.ST else fias_json(fias_figures(codes))
    if given.other is not None:
        found["agreement"] = agreement_json(agreement(codes, read_codes(given.scheme, given.other)))
    return found


def st_json(found: StFigures) -> dict[str, Any]:
    mode = found.mode.value if found.mode else None
    return {"n": found.n, "nt": found.nt, "ns": found.ns, "g": found.g, "rt": share(found.rt), "ch": share(found.ch), "mode": mode}


def fias_json(found: FiasFigures) -> dict[str, Any]:
    return {name: _rounded(name, getattr(found, name)) for name in _FIAS}


def agreement_json(found: Agreement) -> dict[str, Any]:
    return {
        "n": found.n, "left_out": found.left_out, "po": share(found.po), "pe": share(found.pe), "kappa": share(found.kappa),
        "places": [{"index": place.index, "one": place.one, "other": place.other} for place in found.places],
    }  # fmt: skip


def share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _rounded(name: str, value: Any) -> Any:
    if name == "columns":
        return _listed(value)
    if value is None or name in _COUNTS:
        return value
    return round(value, 4 if name in _SHARES else 2)


def _listed(values: Iterable[int]) -> list[int]:
    return list(values)
