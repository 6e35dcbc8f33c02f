"""The audit as its readers see it: who did what to whom, by person, act and day; the chain; a sheet to take along.

Apart from ``audit`` because it names people, who live one floor above it. Rule: whoever takes
entries out of the platform leaves one.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask_babel import gettext as _

from resource_hub.audit import queries as audit
from resource_hub.audit import service as audit_service
from resource_hub.audit.schemas import Result
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import parse
from resource_hub.kernel.paging import read_cursor, write_cursor
from resource_hub.people import labels, queries
from resource_hub.people.schemas import TrailForm

blueprint = Blueprint("trail", __name__, url_prefix="/admin/audit", template_folder="templates")

_PAGE = 50
_BATCH = 1000
_OWN_ACTS = frozenset({"sign_in", "sign_on.bound", "platform.bound", "terminal.signed_in"})
"""What somebody does before the platform knows who they are: the entry names them as whom it concerns."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words."""

    seq: int
    at: str
    actor: str
    act: str
    object: str
    result: str
    is_done: bool
    details: str


@blueprint.get("")
@requires("audit.read")
def list_entries() -> str:
    form = parse(TrailForm, request.args.to_dict())
    key = read_cursor(request.args.get("cursor"))
    before = key[0] if key and isinstance(key[0], int) else None
    found = audit.entries(_wanted(form), limit=_PAGE + 1, before=before)
    return render_template(
        "people/admin_audit.html",
        lines=_lines(found[:_PAGE]),
        cursor=write_cursor(found[_PAGE - 1].seq) if len(found) > _PAGE else None,
        acts=labels.ACTS,
        values=_values(form),
    )


@blueprint.post("/export")
@requires("audit.read", unit=False)
def export() -> Response:
    """Answer with the entries as CSV, read in batches so that years fit into the memory."""
    form = parse(TrailForm, {key: value for key, value in request.form.items() if key != "csrf_token"})
    with unit.write():
        wanted = _wanted(form)
        audit_service.note(viewer(), "audit.exported", details=_values(form))
    response = Response(stream_with_context(_csv(wanted)), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=audit.csv"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/chain")
@requires("audit.read")
def chain() -> str:
    """Walk the whole chain; on a page of its own because that takes its time after some years."""
    return render_template("people/admin_audit_chain.html", broken_at=audit.first_break(), count=audit.head()[0])


def _wanted(form: TrailForm) -> audit.Wanted:
    return audit.Wanted(
        people=queries.persons_called(form.person) if form.person else None,
        action=form.action,
        since=_midnight(form.since),
        before=_midnight(form.until + timedelta(days=1)) if form.until else None,
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), hub().settings.zone) if day else None


def _values(form: TrailForm) -> dict[str, str]:
    return {
        "person": form.person,
        "action": form.action,
        "since": form.since.isoformat() if form.since else "",
        "until": form.until.isoformat() if form.until else "",
    }


def _lines(entries: Sequence[audit.Entry]) -> list[Line]:
    people = queries.person_names(entry.actor_id for entry in entries if entry.actor_id)
    rooms = queries.terminal_names({entry.actor_id for entry in entries if entry.actor_id} - set(people))
    actors = {**rooms, **{ident: card.name for ident, card in people.items()}}
    titles = _titles(entries)
    return [_line(entry, actors, titles) for entry in entries]


def _line(entry: audit.Entry, actors: Mapping[str, str], titles: Mapping[tuple[str, str], str]) -> Line:
    concerned = titles.get((entry.ref.kind, entry.ref.id), f"{entry.ref.kind} {entry.ref.id}") if entry.ref else ""
    nobody = concerned if entry.action in _OWN_ACTS else _("平台")
    return Line(
        seq=entry.seq,
        at=f"{entry.at.astimezone(hub().settings.zone):%Y-%m-%d %H:%M:%S}",
        actor=actors.get(entry.actor_id, entry.actor_id) if entry.actor_id else nobody,
        act=str(labels.ACTS.get(entry.action, entry.action)),
        object=concerned,
        result=str(labels.RESULTS[entry.result]),
        is_done=entry.result is Result.DONE,
        details=" · ".join(f"{key}: {_plain(value)}" for key, value in entry.details.items() if value not in (None, "", [])),
    )


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _titles(entries: Sequence[audit.Entry]) -> Mapping[tuple[str, str], str]:
    """Name the things by their cards, one question a kind; what the reader may not see stays an id."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.ref and entry.ref.kind in hub().cards:
            ids[entry.ref.kind].add(entry.ref.id)
    return {(kind, ident): card.title for kind, some in ids.items() for ident, card in hub().cards[kind](viewer(), sorted(some)).items()}


def _csv(wanted: audit.Wanted) -> Iterator[str]:
    # The mark tells spreadsheet programs that this is UTF-8.
    yield "\ufeff" + _row([_("编号"), _("时间"), _("谁"), _("做了什么"), _("对象"), _("结果"), _("细节")])
    before: int | None = None
    while True:
        with unit.read():
            lines = _lines(audit.entries(wanted, limit=_BATCH, before=before))
        for line in lines:
            yield _row([str(line.seq), line.at, line.actor, line.act, line.object, line.result, line.details])
        if len(lines) < _BATCH:
            return
        before = lines[-1].seq


def _row(cells: Sequence[str]) -> str:
    out = io.StringIO()
    # A cell that begins like a formula would be run by the program that opens the sheet.
    csv.writer(out).writerow(["'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells])
    return out.getvalue()
