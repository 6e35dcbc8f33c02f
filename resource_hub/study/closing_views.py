"""Pages of a cycle's end: two rounds side by side, the closing report as page, Word and PDF, hours, the case pack."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.study import comparison, evidence, queries, report, report_files, service
from resource_hub.study.schemas import ReportIn
from resource_hub.study.steps import take_step

blueprint = Blueprint("closing", __name__, url_prefix="/study", template_folder="templates")

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/cycles/<cycle_id>/compare")
@requires("study.take_part")
def compare(cycle_id: str) -> str:
    """Two rounds side by side: ``a`` and ``b``, the first and the last when left out."""
    numbers = [request.args.get(name, "") for name in ("a", "b")]
    if not all(one in {"", "1", "2", "3"} for one in numbers):
        raise NotFound
    last = len(queries.cycle(viewer(), cycle_id).rounds)
    a, b = int(numbers[0] or 1), int(numbers[1] or last)
    return render_template("study/compare.html", **comparison.compare_page(viewer(), cycle_id, a, b))


@blueprint.post("/cycles/<cycle_id>/closing")
@requires("study.take_part", unit=False)
def close(cycle_id: str) -> AnyResponse:
    """Close the cycle with a report drafted from its data."""

    def act(me: Viewer) -> None:
        found = queries.cycle(me, cycle_id)
        service.close_cycle(me, cycle_id, report.draft(found, evidence.evidence_of(me, found)))

    said = _("已结题。报告的初稿按数据写好了，请改成您的话。")
    return take_step(_cycle_at(cycle_id), act, said, then=lambda _none: url_for(".show_report", cycle_id=cycle_id))


@blueprint.get("/cycles/<cycle_id>/report")
@requires("study.take_part")
def show_report(cycle_id: str) -> str:
    """The closing report, and for its authors the form of its words."""
    return render_template("study/report.html", **comparison.report_page(viewer(), cycle_id))


@blueprint.post("/cycles/<cycle_id>/report")
@requires("study.take_part", unit=False)
def keep_report(cycle_id: str) -> AnyResponse:
    """Keep other words."""
    back = url_for(".show_report", cycle_id=cycle_id)
    return take_step(back, lambda me: service.keep_report(me, cycle_id, body(ReportIn)), _("报告已保存。"))


@blueprint.get("/cycles/<cycle_id>/report.docx")
@requires("study.take_part", unit=False)
def report_docx(cycle_id: str) -> Response:
    """The report as a Word file."""
    found = _report(cycle_id)
    return _file(report_files.docx_of(found["report"], found["charts"]), f"{found['report'].title}.docx", _WORD)


@blueprint.get("/cycles/<cycle_id>/report.pdf")
@requires("study.take_part", unit=False)
def report_pdf(cycle_id: str) -> Response:
    """The report as PDF."""
    found = _report(cycle_id)
    return _file(report_files.pdf_of(found["report"], found["charts"]), f"{found['report'].title}.pdf", "application/pdf")


@blueprint.post("/cycles/<cycle_id>/hours")
@requires("study.take_part", unit=False)
def confirm_hours(cycle_id: str) -> AnyResponse:
    """Propose the hours, once."""
    return take_step(_cycle_at(cycle_id), lambda me: service.confirm_hours(me, cycle_id), _("学时已提出，等认定。"))


@blueprint.post("/cycles/<cycle_id>/publication")
@requires("study.take_part", unit=False)
def publish(cycle_id: str) -> AnyResponse:
    """Make the draft of a case pack."""

    def act(me: Viewer) -> None:
        service.publish_cycle(me, cycle_id, report.words_of(comparison.report_page(me, cycle_id)["report"]))

    return take_step(_cycle_at(cycle_id), act, _("已存成课例包草稿，在“我的资源”里补上文件再送审。"))


def _report(cycle_id: str) -> dict[str, Any]:
    with unit.read():
        return comparison.report_page(viewer(), cycle_id)


def _file(data: bytes, name: str, kind: str) -> Response:
    made = Response(data, mimetype=kind)
    made.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return made


def _cycle_at(cycle_id: str) -> str:
    return url_for("cycles.cycle", cycle_id=cycle_id)
