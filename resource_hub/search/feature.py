"""What search mounts."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, NoticeKind, Permission
from resource_hub.kernel.errors import N_
from resource_hub.kernel.viewer import Role
from resource_hub.search import api, cards, desk, jobs, views

_LIBRARIANS = frozenset({Role.DISTRICT_ADMIN, Role.RESEARCHER})

FEATURE = Feature(
    name="search",
    blueprints=[api.blueprint, views.blueprint, desk.blueprint],
    permissions=[
        Permission("search.read", N_("搜索有权查看的内容")),
        Permission("search.tend", N_("照看搜索：同义词、搜了没找到的词"), _LIBRARIANS),
        Permission("search.weigh", N_("设置搜索排序的权重，查看排序的理由"), frozenset({Role.DISTRICT_ADMIN})),
    ],
    desks=[Desk(_l("搜索"), _l("同义词、搜了没找到的词、排序"), "/admin/search", "search", ("search.tend", "search.weigh"))],
    jobs=[jobs.PRUNE, jobs.NEWS],
    cards={"saved_search": cards.saved_cards},
    notices=[NoticeKind("search.news", _l("您保存的搜索“%(name)s”有 %(count)s 个新的或更新过的资源，如《%(first)s》"))],
    sweeps=jobs.SWEEPS,
)
