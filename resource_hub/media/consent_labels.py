"""What consents are called on pages; keys are the stored values."""

from flask_babel import lazy_gettext as _l

from resource_hub.media.schemas import ConsentScope, ConsentState, Declaration, Standing

SCOPES = {ConsentScope.SCHOOL: _l("校内教研"), ConsentScope.COMMUNITY: _l("教共体"), ConsentScope.DISTRICT: _l("全区")}
STATES = {
    ConsentState.DRAFT: (_l("待发放"), ""),
    ConsentState.COLLECTED: (_l("已收回"), "info"),
    ConsentState.ACTIVE: (_l("有效"), "ok"),
    ConsentState.EXPIRED: (_l("已到期"), "warn"),
    ConsentState.WITHDRAWN_PART: (_l("有家长撤回"), "danger"),
}
DECLARATIONS = {
    Declaration.NO_PUPILS: _l("录像里没有学生"),
    Declaration.REAR_CAMERA: _l("只拍到学生背影，认不出是谁"),
    Declaration.BLURRED: _l("学生的脸已经打码"),
    Declaration.REVIEWED: _l("审核人看过，确认认不出学生"),
}
STANDINGS = {
    Standing.NOT_NEEDED: (_l("不需要告知书"), "ok"),
    Standing.MISSING: (_l("缺告知书"), "danger"),
    Standing.ACTIVE: (_l("可以公开"), "ok"),
    Standing.TOO_NARROW: (_l("范围不够"), "warn"),
    Standing.EXPIRED: (_l("同意已到期"), "danger"),
    Standing.WITHDRAWN: (_l("家长已撤回"), "danger"),
}
