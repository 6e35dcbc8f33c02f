"""Pages of consents: the batches of a school, one batch with its notice to print, and one's own recordings."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, field_validator
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import Invalid
from resource_hub.media import consent_access as access
from resource_hub.media import consent_labels as labels
from resource_hub.media import consent_queries as queries
from resource_hub.media.consents import DELETED_WITHIN_DAYS
from resource_hub.media.schemas import ConsentScope, Declaration
from resource_hub.media.service import consents as service
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools

blueprint = Blueprint("consents", __name__, url_prefix="/consents", template_folder="templates")


class BatchForm(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    class_id: str | None = None
    subject: str | None = None
    scope: ConsentScope
    headcount: int = Field(ge=1, le=5000)
    valid_until: date

    @field_validator("class_id", "subject", mode="before")
    @classmethod
    def blank_is_none(cls, value: object) -> object:
        """An empty choice of a form: the whole school, every subject."""
        return value or None


class CountsForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agreed: int = Field(ge=0, le=5000)
    declined: int = Field(ge=0, le=5000)


class WithdrawalForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: int = Field(ge=1, le=5000)


class ChoiceForm(BaseModel):
    """What a recording stands on: ``con_…`` or a declaration."""

    model_config = ConfigDict(extra="forbid")

    choice: str = Field(min_length=1, max_length=60)


@blueprint.get("")
@requires("media.consent")
def list_batches() -> str:
    return _list_page()


@blueprint.post("")
@requires("media.consent", unit=False)
def make_batch() -> tuple[str, int] | Response:
    try:
        form = body(BatchForm)
        with unit.write():
            batch_id = service.make_batch(viewer(), **form.model_dump())
    except Invalid as error:
        with unit.read():
            return _list_page(error), error.status
    return redirect(f"/consents/{batch_id}", 303)


@blueprint.get("/<batch_id>")
@requires("media.consent")
def batch(batch_id: str) -> str:
    return _batch_page(batch_id)


@blueprint.get("/<batch_id>/notice")
@requires("media.consent")
def notice(batch_id: str) -> str:
    """The slip to print, one per pupil; it is filled in and kept on paper."""
    found = access.get_batch_for(viewer(), batch_id)
    district = schools.the_district()
    return render_template(
        "media/consent_notice.html",
        batch=found,
        scopes=labels.SCOPES,
        district=district.name if district else "",
        contact=_maker(found),
        days=DELETED_WITHIN_DAYS,
    )


@blueprint.post("/<batch_id>/counts")
@requires("media.consent", unit=False)
def collect(batch_id: str) -> tuple[str, int] | Response:
    try:
        form = body(CountsForm)
        with unit.write():
            service.collect(viewer(), batch_id, agreed=form.agreed, declined=form.declined)
    except Invalid as error:
        with unit.read():
            return _batch_page(batch_id, error), error.status
    return redirect(f"/consents/{batch_id}", 303)


@blueprint.post("/<batch_id>/activation")
@requires("media.consent")
def activate(batch_id: str) -> Response:
    service.activate(viewer(), batch_id)
    flash(_("已启用。现在可以把录像归到这批告知书。"), "ok")
    return redirect(f"/consents/{batch_id}", 303)


@blueprint.post("/<batch_id>/withdrawal")
@requires("media.consent", unit=False)
def withdraw(batch_id: str) -> tuple[str, int] | Response:
    try:
        form = body(WithdrawalForm)
        with unit.write():
            service.withdraw(viewer(), batch_id, form.count)
    except Invalid as error:
        with unit.read():
            return _batch_page(batch_id, error), error.status
    flash(_("已登记。用到这批告知书的录像已停止展示。"), "ok")
    return redirect(f"/consents/{batch_id}", 303)


@blueprint.get("/recordings")
@requires("media.upload")
def recordings() -> str:
    me = viewer()
    usable = queries.batches(frozenset({me.school_id}), usable=True) if me.school_id else []
    return render_template(
        "media/consent_recordings.html",
        recordings=queries.recordings_of_person(me.person_id),
        choices=[
            *((b.id, _title(b)) for b in usable),
            *((key.value, words) for key, words in labels.DECLARATIONS.items() if key is not Declaration.REVIEWED),
        ],
        standings=labels.STANDINGS,
        declarations=labels.DECLARATIONS,
    )


@blueprint.post("/recordings/<asset_id>")
@requires("media.upload")
def keep(asset_id: str) -> Response:
    choice = body(ChoiceForm).choice
    if choice in set(Declaration):
        service.declare(viewer(), asset_id, Declaration(choice))
    else:
        service.stand_on_batch(viewer(), asset_id, choice)
    flash(_("已保存。"), "ok")
    return redirect("/consents/recordings", 303)


def _list_page(error: Invalid | None = None) -> str:
    me, today = viewer(), schools.today()
    kept = access.schools_kept_by(me)
    may_make = me.school_id is not None and (kept is None or me.school_id in kept)
    classes = schools.classes_of_school(me.school_id, schools.school_year()) if me.school_id and may_make else []
    return render_template(
        "media/consents.html",
        batches=queries.batches(kept),
        scopes=labels.SCOPES,
        states=labels.STATES,
        classes=[(found.id, _("%(name)s，%(count)s 人", name=found.name, count=found.head_count)) for found in classes],
        subjects=list(schools.subject_names().items()),
        may_make=may_make,
        year_ahead=date(today.year + 1, today.month, min(today.day, 28)),
        title_of=_title,
        **_told(error),
    )


def _batch_page(batch_id: str, error: Invalid | None = None) -> str:
    found = access.get_batch_for(viewer(), batch_id)
    return render_template(
        "media/consent.html",
        batch=found,
        title=_title(found),
        maker=_maker(found),
        scopes=labels.SCOPES,
        states=labels.STATES,
        recordings=queries.recordings_of_batch(batch_id),
        standings=labels.STANDINGS,
        days=DELETED_WITHIN_DAYS,
        **_told(error),
    )


def _title(found: queries.BatchFacts) -> str:
    parts = (found.class_name or _("全校"), found.subject or _("各学科"), str(labels.SCOPES[found.scope]), f"{found.created_at:%Y-%m}")
    return " · ".join(parts)


def _maker(found: queries.BatchFacts) -> str:
    card = people.person_names([found.made_by]).get(found.made_by)
    return card.name if card else ""


def _told(error: Invalid | None) -> dict[str, Any]:
    told = describe(error) if error else None
    return {"error": told, "errors": told["fields"] if told else {}, "values": request.form}
