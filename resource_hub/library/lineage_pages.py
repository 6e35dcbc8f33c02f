"""Versions, differences, forks and uses in the words and shapes of their pages. Reads only; the templates say what they need."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.features import hub
from resource_hub.infra.web.shell import day, moment
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import (
    badge_pages,
    comment_pages,
    compare,
    differences,
    lineage,
    pages,
    plan_differences,
    plan_pages,
    queries,
    reuse,
    rules,
)
from resource_hub.library.compare import Change, Pair
from resource_hub.library.differences import Comparison, FilePair
from resource_hub.library.lineage import Side, UseFacts, UseRow
from resource_hub.library.planning import keeping
from resource_hub.library.queries import ResourceView
from resource_hub.library.schemas import (
    AUDIENCE_LABELS,
    KIND_LABELS,
    LICENCE_LABELS,
    VILLAGE_FIT_LABELS,
    Audience,
    Kind,
    Licence,
    VillageFit,
)
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView, PageView
from resource_hub.schools import queries as schools

_AT_ONCE, _OF_ONE_FILE = 4, 8
"""Pairs of pages shown per file: together with others, and of the one file that was asked for."""
_FIELD_WORDS = {
    "title": _l("名称"), "kind": _l("类型"), "summary": _l("简介"), "keywords": _l("关键词"), "node_id": _l("对应的课"),
    "licence": _l("授权方式"), "third_party": _l("第三方素材"), "village_fit": _l("村校条件"), "literacies": _l("核心素养"),
    "difficulty": _l("难度"), "audience": _l("给谁用"),
}  # fmt: skip


def resource_part(viewer: Viewer, view: ResourceView) -> dict[str, Any]:
    """Return what the parts ``library/parts/*.html`` of the page of a resource show."""
    is_published = view.review in rules.PUBLISHED and view.revises is None
    may_share = viewer.school_id is not None and hub().permissions["library.share"].admits(viewer)
    may_adopt = is_published and hub().permissions["library.adopt"].admits(viewer)
    versions = lineage.versions_of(view.id)
    facts = lineage.use_facts([view.id]).get(view.id, UseFacts())
    news = differences.news_for(viewer, view.id)
    forks = lineage.forks_of(viewer, [view.id]).get(view.id, [])
    return {
        "reuse": {
            "use_url": url_for("lineage.use", resource_id=view.id) if is_published and may_share else None,
            "fork_url": url_for("lineage.fork", resource_id=view.id) if is_published and may_share else None,
            "is_own": "change" in view.actions,
            "adopt_url": url_for("lineage.adopt", resource_id=view.id),
            "end_url": url_for("lineage.end_adoption", resource_id=view.id),
            "places": lineage.places_to_adopt_for(viewer, view.id) if may_adopt else [],
            "news": {"url": url_for("lineage.origin", resource_id=view.id), "number": news.version.number, "note": news.version.note}
            if news else None,
            "versions": _versions(view.id, [(row.number, row.note, row.person, moment(row.at)) for row in versions]),
            "chain": [_ancestor(view.id, one) for one in lineage.chain_of(viewer, view.id)],
            "forks": [{"title": one.title, "url": _url(one.id), "note": f"{one.school} {one.author}"} for one in forks],
            "facts": _facts(facts, len(forks)),
            "uses": [_use(row) for row in lineage.uses_of(viewer, [view.id], limit=20).get(view.id, ())],
            "adoptions": [{"name": row.name, "when": day(row.at)} for row in lineage.adoptions_of([view.id]).get(view.id, ())],
        },
        "badges": badge_pages.badges_part(viewer, view),
        "talk": comment_pages.comments_part(viewer, view),
    }  # fmt: skip


def version_page(viewer: Viewer, resource_id: str, number: int) -> dict[str, Any]:
    """Return what ``library/version.html`` shows."""
    view = lineage.version_view(viewer, resource_id, number)
    return {
        "version": {
            "title": view.title, "number": view.number, "is_latest": view.number == view.latest, "note": view.note, "person": view.person,
            "when": moment(view.at), "url": _url(view.resource_id),
            "compare_url": _compare_url(view.resource_id, {"from": view.number, "to": view.latest}),
            "fields": [(str(_FIELD_WORDS[name]), words) for name in rules.FACTS if (words := _field(name, view.fields.get(name)))],
            "files": [
                {"filename": f.filename, "download_url": None if f.is_gone else url_for("media.original", asset_id=f.id),
                 "picture": media.first_page_address(f.id)}
                for f in view.files
            ],
            "documents": [
                {"asset_id": f.id, "filename": f.filename, "pages": f.page_total, "first_page": media.first_page_address(f.id)}
                for f in view.files if f.page_total
            ],
            "plan": plan_pages.plan_part(queries.plan_for(viewer, keeping.opened(view.fields.get("plan")))),
            "watermark": pages.watermark_for(viewer, view.licence, is_own=view.is_own),
        }
    }  # fmt: skip


def compare_page(viewer: Viewer, resource_id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what ``library/compare.html`` shows: two versions of a work, or a work beside another (``with``)."""
    versions = lineage.versions_of(resource_id)
    newest = versions[0].number if versions else None
    other = asked.get("with")
    to = _number(asked.get("to"), None if other else newest)
    start = _number(asked.get("from"), None if other else max((to or newest or 1) - 1, 1))
    found = differences.comparison(viewer, (other or resource_id, start), (resource_id, to))
    here = {key: asked[key] for key in ("from", "to", "with") if key in asked}
    return {
        "resource": {"title": found.after.title, "url": _url(resource_id)},
        "other": other or "",
        "numbers": [(str(row.number), _("第%(n)s版 · %(when)s", n=row.number, when=moment(row.at))) for row in versions],
        "chosen": {"from": str(start or ""), "to": str(to or "")},
        **_differences(found, asked, _compare_url(resource_id, here)),
    }


def origin_page(viewer: Viewer, fork_id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what ``library/compare_origin.html`` shows; ``news`` is None when there is nothing to decide."""
    news = differences.news_for(viewer, fork_id)
    if news is None:
        return {"news": None, "url": _url(fork_id)}
    found = differences.comparison(viewer, (news.origin_id, news.known), (news.origin_id, news.version.number))
    return {
        "url": _url(fork_id),
        "news": {
            "title": news.title, "author": news.author, "number": news.version.number, "note": news.version.note,
            "when": moment(news.version.at), "origin_url": _url(news.origin_id),
            "plan": plan_differences.news(differences.plan_news(fork_id, found)),
            "plan_url": url_for("library_plan.take", resource_id=fork_id),
            "take_url": url_for("lineage.take", resource_id=fork_id), "ignore_url": url_for("lineage.ignore", resource_id=fork_id),
            "files": _offered(differences.files_of_fork(fork_id), found),
            "fields": [
                (name, str(_FIELD_WORDS[name]), _field(name, found.after.fields.get(name)))
                for name in found.fields
                if name in reuse.TAKEABLE
            ],
        },
        **_differences(found, asked, url_for("lineage.origin", resource_id=fork_id)),
    }  # fmt: skip


def use_page(viewer: Viewer, title: str, resource_id: str, given: Mapping[str, str], error: HubError | None, action: str) -> dict[str, Any]:
    """Return what ``library/use.html`` shows: the form of a lesson, filled with what was given."""
    classes = lineage.classes_to_teach(viewer)
    return {
        "title": title,
        "url": _url(resource_id),
        "action": action,
        "classes": [(ident, _("%(name)s，%(n)s 人", name=name, n=count) if count else name) for ident, name, count in classes],
        "given": given,
        "today": schools.today().isoformat(),
        "errors": {name: _(text, **dict(error.params)) for name, text in error.fields.items()} if error else {},
    }


def work_page(viewer: Viewer, cursor: str | None) -> dict[str, Any]:
    """Return what ``library/work.html`` shows."""
    page = lineage.my_work(viewer, cursor=cursor)
    return {
        "works": [
            {
                "title": row.title, "url": _url(row.id), "when": day(row.published_at), "facts": _facts(row.facts, len(row.forks)),
                "uses": [_use(use) for use in row.uses],
                "forks": [{"title": one.title, "url": _url(one.id), "note": f"{one.school} {one.author}"} for one in row.forks],
                "adoptions": [{"name": one.name, "when": day(one.at)} for one in row.adoptions],
            }
            for row in page.rows
        ],
        "next_url": url_for("lineage.work", cursor=page.cursor) if page.cursor else None,
        "who": f"{viewer.school_name} {viewer.name}".strip(),
    }  # fmt: skip


def use_as_given(row: UseRow, class_id: str | None) -> dict[str, str]:
    """Return a recorded lesson as its form holds it."""
    return {
        "class_id": class_id or "",
        "used_on": row.used_on.isoformat(),
        "pupils": str(row.pupils),
        "note": row.note,
        "changed": row.changed,
    }


def _differences(found: Comparison, asked: Mapping[str, str], here: str) -> dict[str, Any]:
    """Return the list of changes with their links, and what stands side by side."""
    one = _number(asked.get("file"), None)
    at = _number(asked.get("at"), 0) or 0
    files = [_file(place, pair, here, at=at if place == one else 0, many=_OF_ONE_FILE if place == one else _AT_ONCE)
             for place, pair in enumerate(found.files)]  # fmt: skip
    fields = [
        {"label": str(_FIELD_WORDS[name]), "before": before, "after": after}
        for name in found.fields
        for before, after in [compare.marked(_field(name, found.before.fields.get(name)), _field(name, found.after.fields.get(name)))]
    ]
    steps = plan_differences.steps(found)
    changes = [{"words": _("%(field)s改了", field=row["label"]), "url": "#fields"} for row in fields]
    sections = plan_differences.sections(found)
    changes += [{"words": _("教学设计：%(what)s改了", what=row["label"]), "url": "#plan-sections"} for row in sections]
    changes += [{"words": plan_differences.sentence(row), "url": f"#step-{row['number']}"} for row in steps]
    changes += [{"words": f["words"], "url": f"#file-{f['place']}"} for f in files if f["change"] != Change.SAME]
    return {
        "before": _side(found.before), "after": _side(found.after), "changes": changes, "fields": fields,
        "sections": sections, "steps": steps, "files": files,
    }  # fmt: skip


def _file(place: int, found: FilePair, here: str, *, at: int, many: int) -> dict[str, Any]:
    named = found.after or found.before
    changed = [pair for pair in found.pages if pair.change is not Change.SAME]
    link = f"{here}{'&' if '?' in here else '?'}file={place}"
    rows = _page_rows(found, changed[at : at + many])
    return {
        "place": place, "change": found.pair.change, "filename": named.filename if named else "",
        "was": found.before.filename if found.before and named and found.before.filename != named.filename else "",
        "words": _file_words(found, changed), "has_pages": bool(found.pages), "rows": rows,
        "is_waiting": any(f is not None and f.state == "processing" for f in (found.before, found.after)),
        "jumps": [
            {"words": _jump(found, pair), "url": f"{link}&at={number - number % _OF_ONE_FILE}#page-{place}-{number}"}
            for number, pair in enumerate(changed)
        ],
        "first": at,
        "previous": f"{link}&at={max(at - _OF_ONE_FILE, 0)}#file-{place}" if at else None,
        "next": f"{link}&at={at + many - (at + many) % _OF_ONE_FILE}#file-{place}" if at + many < len(changed) else None,
    }  # fmt: skip


def _file_words(found: FilePair, changed: Sequence[Pair]) -> str:
    name = (found.after or found.before).filename if (found.after or found.before) else ""  # type: ignore[union-attr]  # one side is there
    if not found.pages:
        return _("《%(file)s》%(what)s", file=name, what=plan_differences.CHANGE_WORDS[found.pair.change])
    counts = {change: sum(1 for pair in changed if pair.change is change) for change in plan_differences.CHANGE_WORDS}
    told = [
        _("%(n)s 页%(what)s", n=n, what=plan_differences.CHANGE_WORDS[change])
        for change, n in counts.items()
        if n and change is not Change.UNREAD
    ]
    return _("《%(file)s》%(what)s", file=name, what=_("、").join(told) or _("文字没有改动"))


def _jump(found: FilePair, pair: Pair) -> str:
    number = found.numbers[1][pair.after] if pair.after is not None else found.numbers[0][pair.before or 0]
    place = _("第%(n)s页", n=number) if pair.after is not None else _("原第%(n)s页", n=number)
    return f"{place} {plan_differences.CHANGE_WORDS[pair.change]}"


def _page_rows(found: FilePair, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Return pairs of pages with their pictures and marked words."""
    if not pairs or found.before is None or found.after is None:
        return []
    old = _pictures(found.before.id, [found.numbers[0][p.before] for p in pairs if p.before is not None])
    new = _pictures(found.after.id, [found.numbers[1][p.after] for p in pairs if p.after is not None])
    rows = []
    for pair in pairs:
        before = found.texts[0][pair.before] if pair.before is not None else ""
        after = found.texts[1][pair.after] if pair.after is not None else ""
        left, right = compare.marked(before, after)
        rows.append({
            "words": str(plan_differences.CHANGE_WORDS[pair.change]), "change": pair.change,
            "also": str(plan_differences.CHANGE_WORDS[Change.CHANGED]) if pair.change is Change.MOVED and pair.is_changed else "",
            "before": _page(found.numbers[0][pair.before], old, left) if pair.before is not None else None,
            "after": _page(found.numbers[1][pair.after], new, right) if pair.after is not None else None,
        })  # fmt: skip
    return rows


def _pictures(asset_id: str, numbers: Sequence[int]) -> dict[int, PageView]:
    if not numbers:
        return {}
    pages = media.pages_of(asset_id, after=min(numbers) - 1, limit=max(numbers) - min(numbers) + 1)
    return {page.number: page for page in pages}


def _page(number: int, pages: Mapping[int, PageView], runs: Sequence[compare.Run]) -> dict[str, Any]:
    page = pages.get(number)
    widths = sorted(page.images, key=int) if page else []
    # The second width, if there is one, is readable in half a screen; the largest is for full size.
    return {
        "number": number, "runs": runs, "width": page.width if page else 0, "height": page.height if page else 0,
        "picture": page.images[widths[min(1, len(widths) - 1)]] if page and widths else None,
    }  # fmt: skip


def _field(name: str, value: Any) -> str:
    """Return the value of a field as people read it."""
    if value is None or value in ("", []):
        return ""
    if name == "node_id":
        place = curriculum.places_of([str(value)]).get(str(value))
        return place.path if place else ""
    labels: Mapping[str, Mapping[Any, str]] = {
        "kind": {kind.value: KIND_LABELS[kind] for kind in Kind}, "licence": {one.value: LICENCE_LABELS[one] for one in Licence},
        "village_fit": {fit.value: VILLAGE_FIT_LABELS[fit] for fit in VillageFit},
        "audience": {one.value: AUDIENCE_LABELS[one] for one in Audience},
    }  # fmt: skip
    if name in labels:
        return _(labels[name][str(value)])
    return _("、").join(map(str, value)) if isinstance(value, list) else str(value)


def _offered(mine: Sequence[AssetView], found: Comparison) -> list[dict[str, Any]]:
    """Return the new and changed files of the origin that a fork has not, each with what its author may do with it."""
    own = {pair.after: mine[pair.before] for pair in compare.pair_files(_plain(mine), _plain(found.after.files)) if pair.before is not None}
    held = {f.id for f in mine}
    news = {pair.after.id for pair in found.files if pair.after and pair.pair.change is not Change.SAME}
    offered = []
    for place, f in enumerate(found.after.files):
        if f.id not in news or f.id in held:
            continue
        choices = [("", _("不采纳")), (f.id, _("作为新文件加入"))]
        if place in own:
            choices.insert(1, (f"{f.id}>{own[place].id}", _("替换我的《%(file)s》", file=own[place].filename)))
        offered.append({"filename": f.filename, "choices": choices})
    return offered


def _plain(files: Sequence[AssetView]) -> list[compare.File]:
    return [compare.File(f.id, f.filename, f.family, f.sha256) for f in files]


def _side(side: Side) -> dict[str, str]:
    version = _("第%(n)s版", n=side.number) if side.number else _("现在")
    return {"title": side.title, "author": side.author, "version": version}


def _versions(resource_id: str, rows: Sequence[tuple[int, str, str, str]]) -> list[dict[str, Any]]:
    newest = rows[0][0] if rows else 0
    return [
        {"number": number, "note": note, "who": who, "when": when, "is_latest": number == newest,
         "url": url_for("lineage.version", resource_id=resource_id, number=number),
         "compare_url": _compare_url(resource_id, {"from": number - 1, "to": number}) if number > 1 else None}
        for number, note, who, when in rows
    ]  # fmt: skip


def _ancestor(fork_id: str, one: lineage.Ancestor) -> dict[str, Any]:
    return {
        "title": one.title, "who": f"{one.school} {one.author}", "url": _url(one.id) if one.id else None,
        "version": one.version, "compare_url": _compare_url(fork_id, {"with": one.id}) if one.id else None,
    }  # fmt: skip


def _facts(facts: UseFacts, forks: int) -> list[str]:
    """Return what was done with a work, in words; nothing for nothing."""
    told = []
    if facts.uses:
        told.append(_("%(n)s 所学校用于上课 %(times)s 次", n=facts.schools, times=facts.uses))
    if facts.village_schools:
        told.append(_("其中村校 %(n)s 所", n=facts.village_schools))
    if forks:
        told.append(_("改编 %(n)s 份", n=forks))
    return told


def _use(row: UseRow) -> dict[str, Any]:
    return {
        "id": row.id, "who": f"{row.school} {row.person}", "class_name": row.class_name, "when": row.used_on.isoformat(),
        "pupils": row.pupils, "note": row.note, "changed": row.changed, "is_village": row.is_village,
        "change_url": url_for("lineage.use_again", use_id=row.id) if row.is_mendable else None,
        "remove_url": url_for("lineage.remove_use", use_id=row.id) if row.is_mendable else None,
    }  # fmt: skip


def _url(resource_id: str) -> str:
    return url_for("library.resource", resource_id=resource_id)


def _compare_url(resource_id: str, sides: Mapping[str, object]) -> str:
    return f"{url_for('lineage.compare', resource_id=resource_id)}?{urlencode(sides)}"


def _number(text: str | None, otherwise: int | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise
