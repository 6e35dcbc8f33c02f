"""Pure rules of the library: the way of review, who may see what, what a file name suggests."""

import re
from collections.abc import Iterable, Mapping

from resource_hub.kernel.errors import N_, Conflict, Invalid
from resource_hub.kernel.viewer import Duty, duty_words
from resource_hub.library.schemas import CHECK_LABELS, Check, CheckIn, DerivedBadge, Kind, Licence, Review, Verdict
from resource_hub.media.schemas import ConsentScope


class WrongStep(Conflict):
    code = "wrong_step"
    message = N_("这份资源现在的状态是「%(state)s」，不能这样操作。请刷新页面查看最新状态。")


class OwnWork(Conflict):
    code, status = "own_work", 403
    message = N_("自己的资源要由别人来审。请联系教研组长或教务主任。")


STEPS: dict[str, tuple[frozenset[Review], Review]] = {
    "submit": (frozenset({Review.DRAFT, Review.RETURNED}), Review.SUBMITTED),
    "school_approve": (frozenset({Review.SUBMITTED}), Review.SCHOOL_PUBLISHED),
    "return": (frozenset({Review.SUBMITTED, Review.DISTRICT_REVIEW}), Review.RETURNED),
    "propose": (frozenset({Review.SCHOOL_PUBLISHED}), Review.DISTRICT_REVIEW),
    "district_approve": (frozenset({Review.SCHOOL_PUBLISHED, Review.DISTRICT_REVIEW}), Review.DISTRICT_PUBLISHED),
    "archive": (frozenset({Review.SCHOOL_PUBLISHED, Review.DISTRICT_PUBLISHED}), Review.ARCHIVED),
    "withdraw": (frozenset(Review) - {Review.WITHDRAWN}, Review.WITHDRAWN),
}
"""Each verb: from which states, to which (domain handbook §2.4 and §10.2)."""


class ChecksMissing(Invalid):
    code = "checks_missing"
    message = N_("四项审核（政治性、科学性、版权、隐私）都通过才能审核通过；有一项不通过，请退回并写明原因。")


class NoReason(Invalid):
    code = "no_reason"
    message = N_("退回要写明原因：请写总的意见，或在没有通过的那一项写出要改什么。")


class ConsentNeeded(Conflict):
    code = "consent_needed"
    message = N_(
        "录像还不能离开学校：需要家长告知书达到这个范围，或由上传教师声明画面里认不出学生。请上传教师在「告知书」页（/consents）登记后，再审核。"
    )


EDITABLE = frozenset({Review.DRAFT, Review.RETURNED})
PUBLISHED = frozenset({Review.SCHOOL_PUBLISHED, Review.DISTRICT_REVIEW, Review.DISTRICT_PUBLISHED})
UNDER_REVIEW = frozenset({Review.SUBMITTED, Review.DISTRICT_REVIEW})
FACTS = (
    "title", "kind", "summary", "keywords", "node_id", "licence", "third_party", "village_fit", "literacies", "difficulty", "audience",
)  # fmt: skip
"""The fields that say what a work is."""
VERSIONED = (*FACTS, "plan")
"""The fields that a published version keeps, and that a revision brings."""
PLANNED = frozenset({Kind.LESSON_PLAN, Kind.UNIT_PLAN, Kind.LESSON_PACK})
"""Kinds of works that may hold a structured plan, with files beside it or without any."""
REVIEW_DAYS = 5
"""Working days that a review may take (domain handbook §2.4)."""
COMMON_LESSONS = 5
"""Lessons taught with a work that make it 常用课例 (domain handbook §2.6)."""
PROVING_TEACHERS = 2
"""Teachers of village schools whose notes make a work 适合村校 (domain handbook §2.6)."""


def next_state(state: Review, verb: str) -> Review:
    """Return the state after ``verb``; raises WrongStep when it is not possible now."""
    sources, target = STEPS[verb]
    if state not in sources:
        raise WrongStep(state=state.value)
    return target


def next_state_of_revision(state: Review, verb: str, origin: Review) -> Review:
    """Return the state of a revision after ``verb``; ARCHIVED when it is to become the work ``origin`` now.

    What the school has published the school may change alone; what the district has published, only both.
    """
    target = next_state(state, verb)
    if target not in (Review.SCHOOL_PUBLISHED, Review.DISTRICT_PUBLISHED):
        return target
    if origin not in PUBLISHED:
        raise WrongStep(state=origin.value)
    is_for_district = origin is Review.DISTRICT_PUBLISHED and target is Review.SCHOOL_PUBLISHED
    return Review.DISTRICT_REVIEW if is_for_district else Review.ARCHIVED


LEFT_OUT = "left_out"
"""Among the fields of a draft: the ids of uploads that were taken out of it."""
BEHIND_SIGN_IN = frozenset({Licence.L1, Licence.L2, Licence.L3})
"""Licences of works that stay within the district."""


def reach_of_approval(licence: Licence, verb: str) -> ConsentScope | None:
    """Return how far an approval shows a recording beyond its school; ``None`` when it stays there."""
    if licence is Licence.L1:
        return None
    is_for_district = verb == "district_approve" and licence is not Licence.L2
    return ConsentScope.DISTRICT if is_for_district else ConsentScope.COMMUNITY


def check_approval(given: Iterable[CheckIn]) -> None:
    """Raise ChecksMissing unless each of the four was passed and none failed."""
    checks = list(given)
    if {one.check for one in checks if one.verdict is Verdict.PASSED} != set(Check) or any(one.verdict is Verdict.FAILED for one in checks):
        raise ChecksMissing


def reasons_of_return(reason: str, given: Iterable[CheckIn], filenames: Mapping[str, tuple[int, str]]) -> str:
    """Return what the author is told, a line per reason, at its file where one is named; raises NoReason for none.

    ``filenames`` gives the place and name of each file by asset. It is kept in the words of the district, as the
    reasons themselves are.
    """
    lines = [reason] if reason else []
    for one in given:
        if one.verdict is Verdict.FAILED and one.reason:
            place = filenames.get(one.asset_id or "")
            at = f"第{place[0]}个文件《{place[1]}》 " if place else ""
            lines.append(f"{at}{CHECK_LABELS[one.check]}：{one.reason}")
    if not lines:
        raise NoReason
    return "\n".join(lines)


def derived_badges(review: Review, lessons: int, village_teachers: int) -> tuple[DerivedBadge, ...]:
    """Return the badges that the platform's own facts give: ``lessons`` taught with it, village teachers who wrote how it went."""
    given = {
        DerivedBadge.DISTRICT_REVIEWED: review is Review.DISTRICT_PUBLISHED,
        DerivedBadge.COMMON_LESSON: lessons >= COMMON_LESSONS,
        DerivedBadge.VILLAGE_PROVEN: village_teachers >= PROVING_TEACHERS,
    }
    return tuple(badge for badge, is_given in given.items() if is_given)


def audience(
    review: Review, licence: Licence, author_id: str, school_id: str, subject: str | None, *, is_revision: bool = False
) -> frozenset[str]:
    """Return the scope words of those who may see a resource: the smaller of licence and state.

    L1 reaches the school, L2 the school's communities, L3–L5 the district; school publication
    reaches school and community, district publication as far as the licence allows. Beyond that
    a resource is seen by those whose duty it is to review it now: what was submitted by the
    school's reviewers of its subject, what was proposed (or, where the licence reaches the district,
    may be approved without being proposed) by the district's. A revision is seen by author and
    reviewers alone: the work that it revises stays as it was published. Matched against ``search.access.scopes_of``.
    """
    words = {f"person:{author_id}"}
    is_for_district = licence not in (Licence.L1, Licence.L2)
    if review is Review.SUBMITTED:
        words |= duty_words(Duty.SCHOOL_REVIEW, school_id, subject)
    if review in PUBLISHED and not is_revision:
        words.add(f"school:{school_id}")
        if licence is not Licence.L1:
            words.add(f"community_of:{school_id}")
    if review is Review.DISTRICT_REVIEW or (review is Review.SCHOOL_PUBLISHED and is_for_district):
        words |= duty_words(Duty.DISTRICT_REVIEW, school_id, subject)
    if review is Review.DISTRICT_PUBLISHED and is_for_district:
        words.add("district")
    return frozenset(words)


def subject_code(stage: str, subject: str, names: Mapping[str, str]) -> str | None:
    """Return the code under which roles name a subject of the curriculum; ``names`` gives the name of each code.

    The fields of the kindergarten are called after it (健康 there is 幼儿健康), editions add to a name after a dot.
    """
    bare = subject.partition("·")[0]
    wanted = f"幼儿{bare}" if stage == "幼儿园" else bare
    return next((code for code, name in names.items() if name == wanted), None)


_KIND_HINTS = (
    (r"说课", Kind.LESSON_TALK),
    (r"评课|观课|听课", Kind.OBSERVATION_REPORT),
    (r"任务单|学案|导学", Kind.TASK_SHEET),
    (r"作业|习题|练习|试卷|错题", Kind.EXERCISE),
    (r"微课", Kind.MICRO_LESSON),
    (r"实录|录像|课堂", Kind.RECORDED_LESSON),
    (r"单元设计|单元整体", Kind.UNIT_PLAN),
    (r"实验|教具", Kind.EXPERIMENT),
    (r"教案|教学设计", Kind.LESSON_PLAN),
    (r"课件|幻灯", Kind.SLIDES),
)
_KIND_BY_SUFFIX = {
    **dict.fromkeys(("ppt", "pptx", "dps", "odp"), Kind.SLIDES),
    **dict.fromkeys(("doc", "docx", "wps", "odt"), Kind.LESSON_PLAN),
    **dict.fromkeys(("mp4", "mov", "avi", "wmv", "flv", "mkv", "webm", "mts", "m2ts"), Kind.RECORDED_LESSON),
}


def suggest_kind(filenames: Iterable[str]) -> Kind | None:
    """Guess the kind from the names of the files; several different ones make a pack."""
    kinds = [kind for name in filenames if (kind := _kind_of(name))]
    if len(set(kinds)) > 1:
        return Kind.LESSON_PACK
    return kinds[0] if kinds else None


def suggest_title(filename: str) -> str:
    """Return a title from a file name: without suffix, numbering, dates and copy marks."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", filename)
    stem = re.sub(r"[\s_]*(\(\d+\)|（\d+）|-?\s*副本|[-_]?最终版?|[-_]?终稿|[-_]?v\d+|20\d{6})[\s_]*", " ", stem, flags=re.IGNORECASE)
    stem = re.sub(r"^[\d.、\-_\s]+(?=\D{2})", "", stem)
    return re.sub(r"[\s_]+", " ", stem).strip()[:200]


def _kind_of(filename: str) -> Kind | None:
    for pattern, kind in _KIND_HINTS:
        if re.search(pattern, filename):
            return kind
    return _KIND_BY_SUFFIX.get(filename.rpartition(".")[2].lower())
