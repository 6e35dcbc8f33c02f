"""The librarian's desk: what was searched in vain, words that mean the same, weights of the ranking.

Why apart from ``views``: other people come here, and nothing of it is a search.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.kernel.errors import Invalid
from resource_hub.schools import queries as schools
from resource_hub.search import queries, ranking, records
from resource_hub.search.schemas import SynonymsForm, WeightsForm

blueprint = Blueprint("search_desk", __name__, url_prefix="/admin/search", template_folder="templates")

_DAYS = (7, 30, records.KEPT_DAYS)


@blueprint.get("")
@requires("search.tend")
def show() -> str:
    return _page()


@blueprint.post("/synonyms")
@requires("search.tend", unit=False)
def change_synonyms() -> tuple[str, int] | Response:
    try:
        form = body(SynonymsForm)
        with unit.write():
            records.set_synonyms(form.groups.splitlines(), by=viewer())
    except Invalid as error:
        with unit.read():
            return _page(error, groups=request.form.get("groups", "")), error.status
    flash(_("同义词已更新，马上生效。"), "ok")
    return redirect("/admin/search#synonyms", 303)


@blueprint.post("/weights")
@requires("search.weigh", unit=False)
def change_weights() -> tuple[str, int] | Response:
    try:
        form = body(WeightsForm)
        with unit.write():
            records.set_weights(form.model_dump(), by=viewer())
    except Invalid as error:
        with unit.read():
            return _page(error), error.status
    flash(_("排序权重已更新，马上生效。"), "ok")
    return redirect("/admin/search#weights", 303)


def _page(error: Invalid | None = None, *, groups: str | None = None) -> str:
    days = request.args.get("days", "")
    chosen = int(days) if days in map(str, _DAYS) else _DAYS[1]
    weights = ranking.weights_in_use()
    context: dict[str, Any] = {
        "asked": queries.asked_in_vain(schools.today() - timedelta(days=chosen)),
        "days": chosen,
        "spans": _DAYS,
        "groups": groups if groups is not None else "\n".join(queries.synonym_groups()),
        "weights": [{"name": name, "label": reason.label, "value": weights[name]} for name, reason in ranking.REASONS.items()],
        "most": ranking.MOST,
        "weighs": hub().permissions["search.weigh"].admits(viewer()),
        "errors": {name: _(text, **error.params) for name, text in error.fields.items()} if error else {},
    }
    return render_template("search/desk.html", **context)
