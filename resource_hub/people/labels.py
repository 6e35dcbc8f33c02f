"""What the acts in the audit and their results are called on its page; keys are the stored values.

An act without words here is shown by its stored name.
"""

from flask_babel import lazy_gettext as _l

from resource_hub.audit.schemas import Result

ACTS = {
    "sign_in": _l("登录"),
    "sign_out": _l("退出登录"),
    "session.revoked": _l("让一台设备退出"),
    "sign_on.bound": _l("绑定统一身份认证"),
    "sign_on.unbound": _l("解除统一身份认证的绑定"),
    "password.changed": _l("更换密码"),
    "password.reset": _l("重设密码"),
    "account.closed": _l("停用账号"),
    "account.reopened": _l("重新启用账号"),
    "account.unlocked": _l("解除锁定"),
    "person.added": _l("添加人员"),
    "person.left": _l("登记离岗"),
    "role.granted": _l("授予职责"),
    "role.ended": _l("结束职责"),
    "roster.imported": _l("导入名册"),
    "terminal.bound": _l("登记班级终端"),
    "terminal.code_made": _l("生成班级终端登录码"),
    "terminal.signed_in": _l("班级终端登录"),
    "terminal.released": _l("停用班级终端"),
    "school.added": _l("添加学校"),
    "school.closed": _l("登记撤并"),
    "school.reopened": _l("取消撤并"),
    "class.added": _l("添加班级"),
    "term.added": _l("添加学期"),
    "term.changed": _l("修改校历"),
    "community.added": _l("建立教共体"),
    "community.changed": _l("修改教共体"),
    "community.joined": _l("学校加入教共体"),
    "community.left": _l("学校退出教共体"),
    "district.added": _l("建立区县"),
    "hub.set_up": _l("首次设置"),
    "resource.submit": _l("提交校审"),
    "resource.school_approve": _l("校审通过"),
    "resource.return": _l("退回修改"),
    "resource.propose": _l("推荐区审"),
    "resource.district_approve": _l("区审通过"),
    "resource.archive": _l("归档资源"),
    "resource.withdraw": _l("下架资源"),
    "audit.exported": _l("导出审计记录"),
}
RESULTS = {Result.DONE: _l("完成"), Result.REFUSED: _l("被拒绝"), Result.FAILED: _l("失败")}
