"""Badges in the words and shapes of their pages. Reads only; the templates say what they need."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from resource_hub.infra.features import hub
from resource_hub.infra.web.shell import moment
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import badges, rules
from resource_hub.library.badges import BadgeRow, DerivedRow
from resource_hub.library.queries import ResourceView
from resource_hub.library.schemas import BADGE_LABELS, DERIVED_LABELS, BadgeState, DerivedBadge
from resource_hub.schools import queries as schools


def badges_part(viewer: Viewer, view: ResourceView) -> dict[str, Any]:
    """Return what ``library/parts/badges.html`` shows."""
    if view.review not in rules.PUBLISHED or view.revises is not None:
        return {"rows": [], "form": None}
    is_own, claims = "change" in view.actions, badges.badges_of(viewer, view.id)
    verified = {row.id for row in claims if row.state is BadgeState.VERIFIED}
    refusable = verified if verified and badges.verifies(viewer, view.id) else ()
    given = [
        {
            **_row(row),
            "drop_url": url_for("lineage.drop_badge", badge_id=row.id) if is_own else None,
            "refuse_url": url_for("lineage.refuse_badge", badge_id=row.id) if row.id in refusable else None,
        }
        for row in claims
    ]
    derived = [_derived(row) for row in badges.derived_of(view.id, view.review)]
    return {"rows": derived + given, "form": claim_form(view.id, {}, None) if is_own else None}


def claim_form(resource_id: str, given: Mapping[str, str], error: HubError | None) -> dict[str, Any]:
    """Return what ``library/parts/badge_form.html`` shows, filled with what was given."""
    return {
        "action": url_for("lineage.claim_badge", resource_id=resource_id),
        "kinds": [(kind.value, _(words)) for kind, words in BADGE_LABELS.items()],
        "given": {"year": str(schools.today().year), **given},
        "errors": {name: _(text, **dict(error.params)) for name, text in error.fields.items()} if error else {},
        "problem": _(error.message, **dict(error.params)) if error and not error.fields else "",
    }


def claims_page(viewer: Viewer) -> dict[str, Any]:
    """Return what ``library/badges.html`` shows."""
    return {
        "claims": [
            {
                **_row(one.badge), "id": one.badge.id, "title": one.title, "who": f"{one.school} {one.author}",
                "when": moment(one.claimed_at),
                "url": url_for("library.resource", resource_id=one.resource_id) if one.resource_id else None,
            }
            for one in badges.open_claims(viewer)
        ]
    }  # fmt: skip


def _row(row: BadgeRow) -> dict[str, Any]:
    proof = [_("证书编号 %(number)s", number=row.certificate_no)] if row.certificate_no else []
    if row.state is BadgeState.VERIFIED:
        proof.append(_("%(who)s 核实于 %(when)s", who=row.decided_by, when=_day(row.decided_at)))
    return {
        "label": _("%(year)s年%(kind)s", year=row.year, kind=_(BADGE_LABELS[row.kind])), "proof": proof,
        "certificate_url": url_for("media.original", asset_id=row.proof_asset_id) if row.proof_asset_id else None,
        "is_waiting": row.state is BadgeState.CLAIMED,
        "refused": _("%(who)s：%(reason)s", who=row.decided_by, reason=row.refused_reason) if row.state is BadgeState.REFUSED else "",
    }  # fmt: skip


def _derived(row: DerivedRow) -> dict[str, Any]:
    facts = row.facts
    proof = {
        DerivedBadge.DISTRICT_REVIEWED: _("%(who)s 区审通过于 %(when)s", who=row.approved_by, when=_day(row.approved_at))
        if row.approved_at else _("区审通过"),
        DerivedBadge.COMMON_LESSON: _("%(n)s 所学校用于上课 %(times)s 次", n=facts.schools, times=facts.uses),
        DerivedBadge.VILLAGE_PROVEN: _("%(n)s 位村校教师写了上课的情况", n=facts.village_teachers),
    }  # fmt: skip
    return {
        "label": _(DERIVED_LABELS[row.kind]), "proof": [proof[row.kind]], "certificate_url": None, "is_waiting": False, "refused": "",
        "drop_url": None, "refuse_url": None,
    }  # fmt: skip


def _day(at: datetime | None) -> str:
    """Return the whole date, as certificates are dated: a proof is read years later."""
    return at.astimezone(hub().settings.zone).date().isoformat() if at else ""
