"""The closing report as a file to take along: Word, and PDF from a page of its own. To be called outside of any unit."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from resource_hub.infra import child, pdf
from resource_hub.infra.features import hub
from resource_hub.study.figures import Piece
from resource_hub.study.report import Report

_WRITER = "resource_hub.study.report_writing"
_CHART_PAGE = "<style>@page { size: 160mm 100mm; margin: 2mm } svg { max-width: 100%; max-height: 95mm }</style>"
_WALL_S, _MEMORY_MB = 60, 1_500


def docx_of(report: Report, charts: Sequence[Markup]) -> bytes:
    """Return a report with its charts as a Word file; Word knows no SVG of browsers, so each goes in as a page drawn from PDF.

    A chart is made plain text first: markup would escape the style of its page, and the chart would bear it as words.
    """
    order = {
        "title": report.title,
        "facts": report.facts,
        "sections": [(label, [_line(line) for line in lines]) for label, lines in report.sections if lines],
        "rounds": report.rounds,
        "rows": [[name, *(piece.text for piece in values)] for name, values in report.rows],
        "changes": [(label, [_change(row) for row in rows]) for label, rows in report.changes if rows],
        "charts": [base64.b64encode(pdf.pdf_of(_CHART_PAGE + str(chart))).decode() for chart in charts],
        "words": {"rounds": _("各轮对照"), "changes": _("教案改动"), "columns": [_("环节"), _("改动"), _("来由")]},
    }
    return child.run(_WRITER, json.dumps(order, ensure_ascii=False).encode(), wall_s=_WALL_S, memory_mb=_MEMORY_MB)


def pdf_of(report: Report, charts: Sequence[Markup]) -> bytes:
    """Return a report with its charts as PDF."""
    return pdf.pdf_of(render_template("study/report_paper.html", report=report, charts=charts, origin=hub().settings.origin))


def _line(line: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in line)


def _change(row: Mapping[str, Any]) -> list[str]:
    why = [f"{one.who}：{one.words}" for one in row["causes"]]
    return [str(row["name"]), str(row["words"]), "\n".join(why)]
