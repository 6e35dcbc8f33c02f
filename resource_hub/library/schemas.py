"""Words and values of the library: kinds, licences, review states, input shapes."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from resource_hub.kernel.errors import N_


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
LICENCE_LABELS = {
    Licence.L1: N_("本校使用"),
    Licence.L2: N_("教共体内使用"),
    Licence.L3: N_("全区教学使用"),
    Licence.L4: N_("署名-非商业-相同方式共享(CC BY-NC-SA 4.0)"),
    Licence.L5: N_("署名(CC BY 4.0)"),
}
REVIEW_LABELS = {
    Review.DRAFT: N_("草稿"),
    Review.SUBMITTED: N_("等待校审"),
    Review.RETURNED: N_("已退回,待修改"),
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


class ResourceIn(BaseModel):
    """What a teacher gives; everything else is derived."""

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
    draft_id: str | None = None


class ResourceChange(BaseModel):
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


class DraftIn(BaseModel):
    """Anything the form holds, unchecked: a half-written field must survive too."""

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


class ReturnIn(BaseModel):
    reason: str = Field(min_length=1, max_length=500)
