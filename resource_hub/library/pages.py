"""Resources in the words and shapes of their pages. Reads only; the templates say what they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.features import hub
from resource_hub.infra.web.replies import plain
from resource_hub.infra.web.shell import moment, size
from resource_hub.kernel.errors import N_
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import plan_pages, queries, rules
from resource_hub.library.queries import ResourceView
from resource_hub.library.schemas import (
    AUDIENCE_LABELS,
    KIND_LABELS,
    LICENCE_LABELS,
    REVIEW_LABELS,
    VILLAGE_FIT_LABELS,
    Kind,
    Licence,
    Review,
)
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView
from resource_hub.schools import queries as schools

LICENCE_EXPLAINED = {
    Licence.L1: N_("只有本校教师能看到和使用。"),
    Licence.L2: N_("本教共体各校的教师能看到和使用。"),
    Licence.L3: N_("区审通过后，全区教师可用于教学。"),
    Licence.L4: N_("注明作者后可非商业使用和改编，改编后要用同样的授权。"),
    Licence.L5: N_("注明作者后可自由使用和改编。"),
}
_ICONS = {"video": "video", "audio": "sound", "image": "picture", "paper": "lesson_plan", "text": "sheet"}


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the page; at most one has the tone ``primary``."""

    label: str
    url: str
    method: str = "post"
    tone: str = "plain"
    hint: str = ""
    asks_reason: bool = False


def resource_page(viewer: Viewer, view: ResourceView) -> dict[str, Any]:
    """Return what ``library/resource.html`` shows."""
    recording = view.recording
    watermark = watermark_for(viewer, view.licence, is_own="change" in view.actions)
    data = plain(queries.resource_json(view)) if recording else None
    return {
        "resource": {
            "id": view.id, "title": view.title, "subject": view.subject, "kind": view.kind.value,
            "kind_label": _(KIND_LABELS[view.kind]),
            "summary": view.summary, "keywords": view.keywords, "school": view.school, "author": view.author,
            "returned": _returned(view), "crumbs": _crumbs(view), "newer": _newer(view), "licence_label": _(LICENCE_LABELS[view.licence]),
            "licence_explain": _(LICENCE_EXPLAINED[view.licence]),
            "state": view.state, "media": recording is not None, "player": _player(viewer, view, recording, data, watermark),
            "poster": data["media"]["poster"] if data else None,
            "recordings": [
                {"filename": f.filename, "url": url_for("library.resource", resource_id=view.id, recording=f.id), "current": f is recording}
                for f in view.recordings
            ],
            "documents": [
                {"asset_id": f.id, "filename": f.filename, "pages": f.page_total, "first_page": media.first_page_address(f.id)}
                for f in view.files if f.page_total
            ],
            "files": [_file(f) for f in view.files], "plan": plan_pages.plan_of_page(view),
            "review_states": _review_states(view), "captions": _captions(view, data),
            "work": _work(view) if "change" in view.actions else None, "revises": _revises(view), "revision": _revision(view),
            "complaint_url": None if "change" in view.actions else url_for("library.new_complaint", resource=view.id),
            "needs_consent": _needs_consent(view), "watermark": watermark,
        },
        "actions": _actions(view),
        "facts": _facts(view),
    }  # fmt: skip


def upload_page(viewer: Viewer, draft_id: str | None, node_id: str | None = None) -> dict[str, Any]:
    """Return what ``library/upload.html`` shows; ``node_id`` names the lesson that the work is for."""
    drafts = [
        {
            "title": str(draft.fields.get("title") or _("还没有标题")),
            "url": url_for("library.upload", draft=draft.id),
            "note": moment(draft.updated_at),
        }
        for draft in queries.open_drafts(viewer.person_id)
        if draft.id != draft_id
    ]
    known = curriculum.places_of([node_id] if node_id else [])
    props = {
        "draft_id": draft_id,
        "kinds": [{"value": kind.value, "label": _(KIND_LABELS[kind])} for kind in Kind],
        "licences": [{"value": x.value, "label": _(LICENCE_LABELS[x]), "explain": _(LICENCE_EXPLAINED[x])} for x in Licence],
        "defaults": {"licence": Licence.L3.value, "author_name": viewer.name, "node_id": node_id if node_id in known else ""},
        "part_advice": None,
        "village_fits": [{"value": x.value, "label": _(words)} for x, words in VILLAGE_FIT_LABELS.items()],
        "audiences": [{"value": x.value, "label": _(words)} for x, words in AUDIENCE_LABELS.items()],
    }
    return {"props": props, "drafts": drafts}


def _crumbs(view: ResourceView) -> list[dict[str, str]]:
    if not view.node_id:
        return []
    words = [word.strip() for word in view.path.split("/") if word.strip()]
    return [{"label": word, "url": url_for("search.page", q=" ".join(words[1 : at + 1]) or word)} for at, word in enumerate(words)]


def _returned(view: ResourceView) -> dict[str, str] | None:
    """Return why and by whom a resource was given back, until it is handed in again."""
    if view.review is not Review.RETURNED:
        return None
    last = next((entry for entry in reversed(view.history) if entry.verb == "return"), None)
    return {"reason": view.review_note, "who": last.person if last else "", "when": moment(last.at) if last else ""}


def _revises(view: ResourceView) -> dict[str, str] | None:
    """Return the published work that this revision is of, and what it changes."""
    if view.revises is None:
        return None
    ident, title = view.revises
    return {"title": title, "url": url_for("library.resource", resource_id=ident), "note": view.change_note}


def _revision(view: ResourceView) -> dict[str, str] | None:
    """Return the open revision of this work, for its author."""
    if view.revision is None:
        return None
    ident, review = view.revision
    return {"url": url_for("library.resource", resource_id=ident), "label": _(REVIEW_LABELS[review])}


def _needs_consent(view: ResourceView) -> bool:
    """True for the author of a recording that could not leave the school as its licence says."""
    needed = rules.reach_of_approval(view.licence, "school_approve")
    if needed is None or "change" not in view.actions or view.review is Review.WITHDRAWN:
        return False
    return not all(consent.allows for consent in media.consent_of([f.id for f in view.files], needed).values())


def _newer(view: ResourceView) -> list[dict[str, str]]:
    """Return the places of the new book as links to what is filed there."""
    return [{"label": one.node.path, "url": url_for("search.page", node=one.node.id)} for one in view.newer]


def _player(
    viewer: Viewer, view: ResourceView, recording: AssetView | None, data: dict[str, Any] | None, watermark: str
) -> dict[str, Any] | None:
    if recording is None or data is None:
        return None
    place = media.position_of(viewer.person_id, recording.id)
    return {
        "resource_id": view.id,
        "asset_id": recording.id,
        "source_url": url_for("library_api.show", resource_id=view.id, recording=view.chosen),
        "data": data,
        "position_s": place[0] if place else None,
        "position_mode": place[1] if place else None,
        "inline": media.inline_of(recording),
        "captions": data["media"]["captions"],
        "watermark": watermark,
    }


def watermark_for(viewer: Viewer, licence: Licence, *, is_own: bool) -> str:
    """Return who reads what is not free for everybody, to stand over it; empty when the setting is off and on one's own work."""
    if hub().settings.watermark != "1" or licence not in rules.BEHIND_SIGN_IN or is_own:
        return ""
    return " · ".join(part for part in (viewer.name, viewer.school_name, schools.today().isoformat()) if part)


def _captions(view: ResourceView, data: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the props of the captions form, for the uploader of a recording."""
    if data is None or view.recording is None or "change" not in view.actions:
        return None
    return {"asset_id": view.recording.id, "captions": data["media"]["captions"]}


def _file(f: AssetView) -> dict[str, Any]:
    return {
        "filename": f.filename,
        "size_words": size(f.size),
        "icon": _ICONS.get(f.family, "pack"),
        "download_url": None if f.is_gone else url_for("media.original", asset_id=f.id),
        "why_not": f.failure["message"] if f.failure else f.note,
    }


def _work(view: ResourceView) -> dict[str, Any] | None:
    if view.state == "ready" and not any(step.state in {"dead", "cancelled"} for f in view.files for step in f.steps):
        return None
    return {"resource_id": view.id, "source_url": url_for("library_api.show", resource_id=view.id)}


def _actions(view: ResourceView) -> list[Action]:
    def step(verb: str) -> str:
        return url_for(f"library.{verb}", resource_id=view.id)

    offered = [
        ("submit", Action(_("提交校审"), step("submit"), tone="primary", hint=_("由教研组长或教务主任审核，通过后本校和教共体可见。"))),
        ("school_approve", Action(_("校审通过"), step("school_approve"), tone="primary", hint=_("通过后本校和教共体的教师可见。"))),
        ("district_approve", Action(_("区审通过"), step("district_approve"), tone="primary", hint=_("通过后按授权方式全区可见。"))),
        ("review_here", Action(_("逐项审核"), url_for("library.reviews", at=view.id), method="get")),
        ("return", Action(_("退回修改"), step("give_back"), asks_reason=True, hint=_("请写明要改什么，作者会看到。"))),
        ("propose", Action(_("申请区审"), step("propose"))),
        ("withdraw", Action(_("下架"), step("withdraw"), asks_reason=True, hint=_("立即对他人隐藏，您自己还能看到。"))),
    ]
    may_review = {"school_approve", "return"} <= view.actions or {"district_approve", "return"} <= view.actions
    possible = [action for verb, action in offered if verb in view.actions or (verb == "review_here" and may_review)]
    if "change" in view.actions and view.review in rules.EDITABLE:
        mend = Action(
            _("修改"), url_for("library.mend", resource_id=view.id), tone="primary" if view.review is Review.RETURNED else "plain"
        )
        possible.insert(0 if view.review is Review.RETURNED else 1, mend)
    if "change" in view.actions and view.review in rules.PUBLISHED and view.revises is None:
        label = _("继续修订") if view.revision else _("修订")
        if view.revision is None or view.revision[1] in rules.EDITABLE:
            hint = _("现在的版本照常可用，修订审核通过后才替换。")
            possible.insert(0, Action(label, url_for("library.mend", resource_id=view.id), hint=hint))
    if view.review is Review.DRAFT:
        possible = [action for action in possible if action.label != _("下架")]
    seen_primary = False
    shown = []
    for action in possible:
        if action.tone == "primary" and seen_primary:
            shown.append(Action(action.label, action.url, hint=action.hint))
        else:
            shown.append(action)
        seen_primary = seen_primary or action.tone == "primary"
    return shown


def _facts(view: ResourceView) -> list[tuple[str, str]]:
    facts = [(_("作者"), view.author), (_("学校"), view.school)]
    if view.village_fit:
        facts.append((_("村校条件"), _(VILLAGE_FIT_LABELS[view.village_fit])))
    if view.audience:
        facts.append((_("用途"), _(AUDIENCE_LABELS[view.audience])))
    if view.difficulty:
        facts.append((_("难度"), _("%(n)s（共 5 级）", n=view.difficulty)))
    if view.literacies:
        facts.append((_("核心素养"), "、".join(view.literacies)))
    if view.third_party:
        facts.append((_("第三方素材"), view.third_party))
    facts.append((_("更新"), moment(view.updated_at)))
    return facts


def _review_states(view: ResourceView) -> list[dict[str, Any]]:
    way: Sequence[Review] = (Review.DRAFT, Review.SUBMITTED, Review.SCHOOL_PUBLISHED, Review.DISTRICT_PUBLISHED)
    reached = {entry.state: entry for entry in view.history}
    at = {Review.RETURNED: Review.DRAFT, Review.DISTRICT_REVIEW: Review.SCHOOL_PUBLISHED}.get(view.review, view.review)
    place = way.index(at) if at in way else len(way)
    shown = []
    for number, state in enumerate(way):
        entry = reached.get(state) if number <= place else None
        label = _(REVIEW_LABELS[view.review]) if number == place and view.review is not state else _(REVIEW_LABELS[state])
        who = view.author if state is Review.DRAFT else entry.person if entry else ""
        when = moment(view.created_at) if state is Review.DRAFT else moment(entry.at) if entry else ""
        shown.append({"label": label, "who": who, "when": when, "done": number < place, "current": number == place})
    if at not in way:
        last = view.history[-1] if view.history else None
        shown.append({"label": _(REVIEW_LABELS[view.review]), "who": last.person if last else "", "when": moment(last.at) if last else "",
                      "done": False, "current": True})  # fmt: skip
    return shown
