"""Words and values of packs: the parts of a lesson, the forms of an offline pack, the states of an import."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from resource_hub.kernel.errors import N_


class PartRole(StrEnum):
    """What a file is within a lesson pack."""

    PLAN = "plan"
    SLIDES = "slides"
    TASK_SHEET = "task_sheet"
    EXERCISE = "exercise"
    RECORDING = "recording"
    OTHER = "other"


ROLE_LABELS = {
    PartRole.PLAN: N_("教学设计"),
    PartRole.SLIDES: N_("课件"),
    PartRole.TASK_SHEET: N_("任务单"),
    PartRole.EXERCISE: N_("作业"),
    PartRole.RECORDING: N_("实录"),
    PartRole.OTHER: N_("其他材料"),
}
WHOLE = (PartRole.PLAN, PartRole.SLIDES, PartRole.TASK_SHEET, PartRole.EXERCISE, PartRole.RECORDING)
"""The parts of a complete lesson pack, in their order."""

VOICE = "voice"
"""The form of an offline pack in which recordings are stills and voice."""
PAPERS = "papers"
"""The form of an offline pack without recordings."""
CARTRIDGE = "imscc"
"""Originals with a manifest, for other platforms."""


class ImportState(StrEnum):
    CHECKING = "checking"
    CHECKED = "checked"
    MAKING = "making"
    DONE = "done"
    REFUSED = "refused"


class RowState(StrEnum):
    WRONG = "wrong"
    READY = "ready"
    MADE = "made"
    FAILED = "failed"


IMPORT_LABELS = {
    ImportState.CHECKING: N_("正在检查"),
    ImportState.CHECKED: N_("检查完了，等您确认"),
    ImportState.MAKING: N_("正在导入"),
    ImportState.DONE: N_("已导入"),
    ImportState.REFUSED: N_("不能导入"),
}
ROW_LABELS = {
    RowState.WRONG: N_("有错，不导入"),
    RowState.READY: N_("可以导入"),
    RowState.MADE: N_("已导入"),
    RowState.FAILED: N_("没有成功"),
}


class OfflineIn(BaseModel):
    """Which form of recordings the pack shall hold: the height of a picture, ``voice`` or ``papers``."""

    model_config = ConfigDict(extra="forbid")
    rung: str = Field(default=VOICE, max_length=16)


class PartIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    asset_id: str = Field(min_length=1, max_length=40)
    role: PartRole | None = None


class PartsIn(BaseModel):
    """All files of a resource in the order they shall have; ``role`` left out is guessed from the name."""

    model_config = ConfigDict(extra="forbid")
    parts: list[PartIn] = Field(min_length=1, max_length=200)


class ImportIn(BaseModel):
    """A finished upload of a zip or a cartridge, with that of its table when the table lies beside it."""

    model_config = ConfigDict(extra="forbid")
    upload_id: str = Field(min_length=1, max_length=40)
    table_upload_id: str | None = Field(default=None, max_length=40)
