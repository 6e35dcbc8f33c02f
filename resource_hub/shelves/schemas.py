"""Words and values of the shelves: groups of works, kinds of collections, input shapes."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from resource_hub.kernel.errors import N_

MOST_ITEMS = 200
"""Works in one collection; more is a shelf, not a choice."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Group(StrEnum):
    """What a teacher looks for; some groups hold several kinds of works."""

    PACKS = "packs"
    PLANS = "plans"
    SLIDES = "slides"
    SHEETS = "sheets"
    RECORDINGS = "recordings"
    OTHERS = "others"


class CollectionKind(StrEnum):
    LIST = "list"
    SERIES = "series"
    READING_LIST = "reading_list"


GROUP_LABELS = {
    Group.PACKS: N_("课例包"),
    Group.PLANS: N_("教学设计"),
    Group.SLIDES: N_("课件"),
    Group.SHEETS: N_("任务单与习题"),
    Group.RECORDINGS: N_("录像与微课"),
    Group.OTHERS: N_("其他"),
}
GROUP_MADE_BY = {
    Group.PLANS: N_("写好的教案直接上传就行，WPS、Word、PDF 都可以。"),
    Group.SLIDES: N_("把上课用过的课件传上来，同一册书的同事就能用。"),
    Group.SHEETS: N_("学生手里的任务单、练习各传一份，村校打印就能用。"),
    Group.RECORDINGS: N_("手机拍一段讲解也可以，上传后会自动转成省流量的版本。"),
}
"""How to make the first of a group that a lesson should have."""
COLLECTION_KIND_LABELS = {
    CollectionKind.LIST: N_("清单"),
    CollectionKind.SERIES: N_("系列"),
    CollectionKind.READING_LIST: N_("单元阅读单"),
}


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class CollectionIn(_Input):
    """A collection as its editor writes it; ``word`` is the scope word of whose it is, empty for oneself."""

    title: str = Field(min_length=1, max_length=200)
    summary: str = Field(default="", max_length=1000)
    kind: CollectionKind = CollectionKind.LIST
    word: str = Field(default="", max_length=120)
    node_id: str = Field(default="", max_length=40)


class ItemIn(_Input):
    resource_id: Id
    note: str = Field(default="", max_length=500)


class NoteIn(_Input):
    note: str = Field(default="", max_length=500)


class MoveIn(_Input):
    to: Literal["up", "down"]


class OrderIn(_Input):
    """The works that the editor sees, in the order wanted."""

    resource_ids: list[Id] = Field(max_length=MOST_ITEMS)


class KeepIn(_Input):
    """Where a work is put or taken from, on its own page."""

    collection_id: Id
