"""The pages of an offline pack: one HTML file, one script, one style, written for ``file://``.

A page opened from a disk may fetch nothing, load no module and no captions of another file: so
everything that the script needs stands in ``data.js``, and documents and recordings work without
the script too. Rule: no address that begins with a scheme.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from flask_babel import gettext as _

from resource_hub.infra.web.shell import minutes
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.planning import showing
from resource_hub.packs.cartridge import PLAN_STYLE

_FOLDER = Path(__file__).parent
_TIMING = re.compile(r"(?:(\d+):)?(\d{2}):(\d{2})\.(\d{3})\s+-->\s+(?:(\d+):)?(\d{2}):(\d{2})\.(\d{3})")


def plans_of(plan: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the pages of the structured plans of a pack by their paths, with their style; nothing when there are none."""
    works = [work for work in plan["works"] if "plan" in work]
    if not works:
        return {}
    template = _templates().get_template("plan.html")
    pages = {}
    for work in works:
        of_plan = work["plan"]
        shown = showing.shown(Plan.model_validate(of_plan["data"]), of_plan["pictures"])
        pages[of_plan["address"]] = template.render(pack=plan, work=work, plan=shown, plan_links=False, style=PLAN_STYLE, _=_).encode()
    return {**pages, PLAN_STYLE: (_FOLDER / "plan.css").read_bytes()}


def pages_of(
    plan: Mapping[str, Any], texts: Mapping[str, Sequence[tuple[int, str]]], captions: Mapping[str, str], *, made: str
) -> dict[str, bytes]:
    """Return the files of the site by their paths."""
    index = _templates().get_template("index.html").render(plan=plan, texts=texts, made=made, _=_, minutes=minutes)
    stills = {
        part["id"]: part["stills"] for work in plan["works"] for part in work["parts"] if part.get("stills")
    }  # fmt: skip
    data = {"stills": stills, "captions": {ident: _cues(text) for ident, text in captions.items()}, "words": {"captions": _("字幕")}}
    script = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return {
        **plans_of(plan),
        "index.html": index.encode(),
        "data.js": f"window.PACK = {script};\n".encode(),
        "pack.js": (_FOLDER / "pack.js").read_bytes(),
        "pack.css": (_FOLDER / "pack.css").read_bytes(),
    }


@cache
def _templates() -> jinja2.Environment:
    # The plan itself looks as on the page of its resource: its part is the library's.
    own, library = jinja2.FileSystemLoader(_FOLDER / "templates"), jinja2.PackageLoader("resource_hub.library", "templates")
    loader = jinja2.ChoiceLoader([own, library])
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def _cues(vtt: str) -> list[tuple[float, float, str]]:
    """Return begin, end and words of every cue."""
    found = []
    for block in re.split(r"\n\s*\n", vtt.replace("\r\n", "\n")):
        lines = block.strip().split("\n")
        for at, line in enumerate(lines):
            if times := _TIMING.match(line):
                given = [int(group or 0) for group in times.groups()]
                begin, end = (h * 3600 + m * 60 + s + ms / 1000 for h, m, s, ms in (given[:4], given[4:]))
                found.append((begin, end, "\n".join(lines[at + 1 :])))
                break
    return found
