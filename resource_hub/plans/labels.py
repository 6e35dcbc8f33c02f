"""What parts, states and kinds are called on pages; keys are the stored values."""

from flask_babel import lazy_gettext as _l

from resource_hub.plans.schemas import Part, PlanState

PARTS = {
    Part.OWNER: _l("主人"),
    Part.EDITOR: _l("一起写"),
    Part.COMMENTER: _l("提意见"),
    Part.FORMER: _l("已退出"),
}
STATES = {PlanState.OPEN: _l("正在写"), PlanState.CLOSED: _l("已定稿")}
