"""Words and values of the library: kinds, licences, review states, input shapes."""

from datetime import date
from enum import StrEnum

from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, field_validator

from resource_hub.kernel.errors import N_
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.planning import places


class Kind(StrEnum):
    LESSON_PLAN = "lesson_plan"
    SLIDES = "slides"
    TASK_SHEET = "task_sheet"
    EXERCISE = "exercise"
    MICRO_LESSON = "micro_lesson"
    RECORDED_LESSON = "recorded_lesson"
    LESSON_TALK = "lesson_talk"
    OBSERVATION_REPORT = "observation_report"
    UNIT_PLAN = "unit_plan"
    EXPERIMENT = "experiment"
    MEDIA_ASSET = "media_asset"
    LESSON_PACK = "lesson_pack"


class Licence(StrEnum):
    """L1–L3 stay inside the district's school, community or whole; L4, L5 are Creative Commons."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"


class Review(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SCHOOL_PUBLISHED = "school_published"
    DISTRICT_REVIEW = "district_review"
    DISTRICT_PUBLISHED = "district_published"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


class VillageFit(StrEnum):
    NO_DEVICE = "no_device"
    SCREEN = "screen"
    EXPERIMENT = "experiment"


class Audience(StrEnum):
    """Whom a work speaks to: the teacher who prepares, the class before a screen, pupils at their task."""

    TEACHER = "teacher"
    CLASS_SCREEN = "class_screen"
    PUPIL_TASK = "pupil_task"


class Check(StrEnum):
    """What a reviewer looks at."""

    POLITICS = "politics"
    SCIENCE = "science"
    COPYRIGHT = "copyright"
    PRIVACY = "privacy"


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class ComplaintKind(StrEnum):
    COPYRIGHT = "copyright"
    PRIVACY = "privacy"
    WRONG = "wrong"
    OTHER = "other"


class ComplaintState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    HIDDEN = "hidden"
    DISMISSED = "dismissed"


KIND_LABELS = {
    Kind.LESSON_PLAN: N_("教学设计"),
    Kind.SLIDES: N_("课件"),
    Kind.TASK_SHEET: N_("学习任务单"),
    Kind.EXERCISE: N_("习题作业"),
    Kind.MICRO_LESSON: N_("微课"),
    Kind.RECORDED_LESSON: N_("课堂实录"),
    Kind.LESSON_TALK: N_("说课"),
    Kind.OBSERVATION_REPORT: N_("观课报告"),
    Kind.UNIT_PLAN: N_("单元设计"),
    Kind.EXPERIMENT: N_("实验教具"),
    Kind.MEDIA_ASSET: N_("素材"),
    Kind.LESSON_PACK: N_("课例包"),
}
AUDIENCE_LABELS = {
    Audience.TEACHER: N_("教师备课"),
    Audience.CLASS_SCREEN: N_("课堂投屏"),
    Audience.PUPIL_TASK: N_("学生任务"),
}
CHECK_LABELS = {
    Check.POLITICS: N_("政治性"),
    Check.SCIENCE: N_("科学性"),
    Check.COPYRIGHT: N_("版权"),
    Check.PRIVACY: N_("隐私"),
}
CHECK_EXPLAINED = {
    Check.POLITICS: N_("方向正确，没有不当的图、文、地图。"),
    Check.SCIENCE: N_("知识准确，适合这个年级。"),
    Check.COPYRIGHT: N_("自己的作品；用了别人的，来源都写明了。"),
    Check.PRIVACY: N_("没有学生姓名、成绩和清楚的面部。"),
}
COMPLAINT_LABELS = {
    ComplaintKind.COPYRIGHT: N_("侵犯版权"),
    ComplaintKind.PRIVACY: N_("泄露隐私"),
    ComplaintKind.WRONG: N_("内容有错"),
    ComplaintKind.OTHER: N_("其他问题"),
}
COMPLAINT_STATE_LABELS = {
    ComplaintState.OPEN: N_("等待处理"),
    ComplaintState.ANSWERED: N_("已答复"),
    ComplaintState.HIDDEN: N_("资源已下架"),
    ComplaintState.DISMISSED: N_("不成立"),
}
LICENCE_LABELS = {
    Licence.L1: N_("本校使用"),
    Licence.L2: N_("教共体内使用"),
    Licence.L3: N_("全区教学使用"),
    Licence.L4: N_("署名-非商业-相同方式共享（CC BY-NC-SA 4.0）"),
    Licence.L5: N_("署名（CC BY 4.0）"),
}
REVIEW_LABELS = {
    Review.DRAFT: N_("草稿"),
    Review.SUBMITTED: N_("等待校审"),
    Review.RETURNED: N_("已退回，待修改"),
    Review.SCHOOL_PUBLISHED: N_("校内通过"),
    Review.DISTRICT_REVIEW: N_("等待区审"),
    Review.DISTRICT_PUBLISHED: N_("全区发布"),
    Review.ARCHIVED: N_("已归档"),
    Review.WITHDRAWN: N_("已下架"),
}
VILLAGE_FIT_LABELS = {
    VillageFit.NO_DEVICE: N_("无需设备"),
    VillageFit.SCREEN: N_("需要投屏"),
    VillageFit.EXPERIMENT: N_("需要实验材料"),
}


class _WithPlan(BaseModel):
    """Input that may hold a structured plan; ``null`` takes it away."""

    plan: Plan | None = None

    @classmethod
    def place_of(cls, loc: tuple[object, ...]) -> tuple[str, str]:
        """Return the path of a wrong value and, inside the plan, its place in words."""
        if loc[:1] != ("plan",) or len(loc) == 1:
            return ".".join(map(str, loc)), ""
        path, stage, part = places.place_of(loc[1:])
        if stage is not None:
            words = gettext("第%(n)s个环节的%(part)s：", n=stage, part=gettext(part))
        else:
            words = gettext("%(part)s：", part=gettext(part)) if part else ""
        return f"plan.{path}", words


class ResourceIn(_WithPlan):
    """What a teacher gives; everything else is derived. A draft's own plan is turned in unless another is given."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    title: str = Field(min_length=1, max_length=200)
    kind: Kind
    upload_ids: list[str] = Field(default_factory=list, max_length=200)
    keywords: list[str] = Field(default_factory=list, max_length=8)
    summary: str = Field(default="", max_length=2000)
    node: str | None = None
    licence: Licence = Licence.L3
    author_name: str = Field(default="", max_length=60)
    third_party: str = Field(default="", max_length=2000)
    village_fit: VillageFit | None = None
    literacies: list[str] = Field(default_factory=list, max_length=12)
    difficulty: int | None = Field(default=None, ge=1, le=5)
    audience: Audience | None = None
    change_note: str = Field(default="", max_length=500)
    draft_id: str | None = None


class ResourceChange(_WithPlan):
    """The same fields, each optional: what is left out stays. ``upload_ids`` name all files it shall have then."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    upload_ids: list[str] | None = Field(default=None, max_length=200)
    title: str | None = Field(default=None, min_length=1, max_length=200)
    kind: Kind | None = None
    keywords: list[str] | None = Field(default=None, max_length=8)
    summary: str | None = Field(default=None, max_length=2000)
    node: str | None = None
    licence: Licence | None = None
    author_name: str | None = Field(default=None, max_length=60)
    third_party: str | None = Field(default=None, max_length=2000)
    village_fit: VillageFit | None = None
    literacies: list[str] | None = Field(default=None, max_length=12)
    difficulty: int | None = Field(default=None, ge=1, le=5)
    audience: Audience | None = None
    change_note: str | None = Field(default=None, max_length=500)


class DraftIn(_WithPlan):
    """Anything the form holds, unchecked: a half-written field must survive too. Only a plan has its shape from the start."""

    model_config = ConfigDict(extra="ignore")
    title: str | None = Field(default=None, max_length=2000)
    kind: str | None = Field(default=None, max_length=60)
    node_id: str | None = Field(default=None, max_length=60)
    licence: str | None = Field(default=None, max_length=8)
    summary: str | None = Field(default=None, max_length=5000)
    keywords: list[str] | str | None = None
    author_name: str | None = Field(default=None, max_length=200)
    third_party: str | None = Field(default=None, max_length=5000)
    village_fit: str | None = Field(default=None, max_length=40)
    literacies: list[str] | str | None = None
    difficulty: str | int | None = None
    audience: str | None = Field(default=None, max_length=40)
    change_note: str | None = Field(default=None, max_length=5000)


class ReasonIn(BaseModel):
    reason: str = Field(min_length=1, max_length=500)


class CheckIn(BaseModel):
    """One check of a review: of the whole work, or of the file ``asset_id``; a failed one says why."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    check: Check
    verdict: Verdict
    asset_id: str | None = Field(default=None, max_length=40)
    reason: str = Field(default="", max_length=500)


class ApprovalIn(BaseModel):
    """The checks that the reviewer made; left out, all four were made and passed."""

    model_config = ConfigDict(extra="forbid")
    checks: list[CheckIn] | None = Field(default=None, max_length=200)


class ReturnIn(BaseModel):
    """Why a work goes back: in one sentence, at its checks, or both."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    reason: str = Field(default="", max_length=500)
    checks: list[CheckIn] = Field(default_factory=list, max_length=200)


class LiteraciesQuery(BaseModel):
    node: str = Field(min_length=1, max_length=60)


class ReviewsQuery(BaseModel):
    """Which works of the queue are wanted; left out, all that wait for this reviewer."""

    model_config = ConfigDict(extra="ignore")
    state: Review | None = None
    subject: str | None = Field(default=None, max_length=32)
    overdue: bool = False
    cursor: str | None = Field(default=None, max_length=500)


class BatchIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    ids: list[str] = Field(min_length=1, max_length=50)


class ComplaintIn(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    resource_id: str = Field(min_length=1, max_length=40)
    kind: ComplaintKind
    text: str = Field(min_length=1, max_length=2000)


class AnswerIn(BaseModel):
    """How a complaint ends: ``answered``, ``hidden`` or ``dismissed``, with the words for who complained."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    outcome: ComplaintState
    answer: str = Field(min_length=1, max_length=2000)


class UseIn(BaseModel):
    """A lesson taught with a resource. Without ``pupils`` the class's own number counts; without a day, today."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    class_id: str | None = Field(default=None, max_length=40)
    used_on: date | None = None
    pupils: int | None = Field(default=None, ge=0, le=5000)
    note: str = Field(default="", max_length=1000)
    changed: str = Field(default="", max_length=1000)

    @field_validator("class_id", "used_on", "pupils", mode="before")
    @classmethod
    def blank_is_absent(cls, value: object) -> object:
        """An empty box of a form means that nothing was said."""
        return None if value == "" else value


class AdoptionIn(BaseModel):
    """Whom a resource is adopted for: ``school:<id>`` or ``community:<id>``."""

    model_config = ConfigDict(extra="forbid")
    word: str = Field(min_length=1, max_length=120)


class TakeIn(BaseModel):
    """What to take from a version of the origin into one's fork.

    ``files`` names files of that version to be added or, written ``new>old``, put in the place of one's own.
    """

    model_config = ConfigDict(extra="forbid")
    version: int = Field(ge=1)
    files: list[str] = Field(default_factory=list, max_length=200)
    fields: list[str] = Field(default_factory=list, max_length=20)

    @field_validator("files", "fields", mode="before")
    @classmethod
    def one_is_a_list(cls, value: object) -> object:
        """A form with one box ticked sends a bare text; the choice to leave a file as it is sends an empty one."""
        return [item for item in (value if isinstance(value, list) else [value]) if item != ""]


class TakePlanIn(BaseModel):
    """One change of the plan of a version of the origin: ``step:<id>``, ``move:<id>`` or ``section:<name>``."""

    model_config = ConfigDict(extra="forbid")
    version: int = Field(ge=1)
    change: str = Field(min_length=1, max_length=60)


class IgnoreIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: int = Field(ge=1)


class BadgeKind(StrEnum):
    """An honour outside the platform, by who gives it."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    CITY = "city"
    DISTRICT = "district"
    SCHOOL = "school"
    STUDIO = "studio"


class BadgeState(StrEnum):
    CLAIMED = "claimed"
    VERIFIED = "verified"
    REFUSED = "refused"


class DerivedBadge(StrEnum):
    """A badge that the platform's own facts give, without a claim."""

    DISTRICT_REVIEWED = "district_reviewed"
    COMMON_LESSON = "common_lesson"
    VILLAGE_PROVEN = "village_proven"


BADGE_LABELS = {
    BadgeKind.NATIONAL: N_("部优"),
    BadgeKind.PROVINCIAL: N_("省优"),
    BadgeKind.CITY: N_("市优"),
    BadgeKind.DISTRICT: N_("区优"),
    BadgeKind.SCHOOL: N_("校优"),
    BadgeKind.STUDIO: N_("名师工作室出品"),
}
DERIVED_LABELS = {
    DerivedBadge.DISTRICT_REVIEWED: N_("区审推荐"),
    DerivedBadge.COMMON_LESSON: N_("常用课例"),
    DerivedBadge.VILLAGE_PROVEN: N_("适合村校"),
}


class BadgeIn(BaseModel):
    """An honour claimed for a work; its certificate by number, by a finished upload of one's own, or both."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    kind: BadgeKind
    year: int = Field(ge=1990, le=2100)
    certificate_no: str = Field(default="", max_length=80)
    proof_upload_id: str | None = Field(default=None, max_length=40)


class CommentIn(BaseModel):
    """A comment, at a page or a second of one of the work's files when ``asset_id`` names it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    body: str = Field(min_length=1, max_length=1000)
    asset_id: str | None = Field(default=None, max_length=40)
    page: int | None = Field(default=None, ge=1)
    at_s: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    reply_to: str | None = Field(default=None, max_length=40)


class CommentsQuery(BaseModel):
    model_config = ConfigDict(extra="ignore")
    cursor: str | None = Field(default=None, max_length=500)
