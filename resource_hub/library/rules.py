"""Pure rules of the library: the way of review, who may see what, what a file name suggests."""

import re
from collections.abc import Iterable, Mapping

from resource_hub.kernel.errors import N_, Conflict
from resource_hub.kernel.viewer import Duty, duty_words
from resource_hub.library.schemas import Kind, Licence, Review


class WrongStep(Conflict):
    code = "wrong_step"
    message = N_("这份资源现在的状态是「%(state)s」,不能这样操作。请刷新页面查看最新状态。")


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

EDITABLE = frozenset({Review.DRAFT, Review.RETURNED})
PUBLISHED = frozenset({Review.SCHOOL_PUBLISHED, Review.DISTRICT_REVIEW, Review.DISTRICT_PUBLISHED})


def next_state(state: Review, verb: str) -> Review:
    """Return the state after ``verb``; raises WrongStep when it is not possible now."""
    sources, target = STEPS[verb]
    if state not in sources:
        raise WrongStep(state=state.value)
    return target


def audience(review: Review, licence: Licence, author_id: str, school_id: str, subject: str | None) -> frozenset[str]:
    """Return the scope words of those who may see a resource: the smaller of licence and state.

    L1 reaches the school, L2 the school's communities, L3–L5 the district; school publication
    reaches school and community, district publication as far as the licence allows. Beyond that
    a resource is seen by those whose duty it is to review it now: what was submitted by the
    school's reviewers of its subject, what was proposed (or, where the licence reaches the district,
    may be approved without being proposed) by the district's. Matched against ``search.access.scopes_of``.
    """
    words = {f"person:{author_id}"}
    is_for_district = licence not in (Licence.L1, Licence.L2)
    if review is Review.SUBMITTED:
        words |= duty_words(Duty.SCHOOL_REVIEW, school_id, subject)
    if review in PUBLISHED:
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
