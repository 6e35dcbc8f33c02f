"""The three rubrics that every district begins with; they are not rows and cannot be changed, copies can.

Rule: a weight or a word that a district wants otherwise is changed in a copy, so that what was scored
by a seed means the same for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from resource_hub.kernel.errors import N_
from resource_hub.observation.rules import Bands, Row


@dataclass(frozen=True, slots=True)
class Seed:
    title: str
    about: str
    rows: tuple[Row, ...]


BANDS: Bands = ((90, N_("优")), (80, N_("良＋")), (70, N_("良")), (60, N_("合格")), (0, N_("待改进")))
LEVEL_NAMES = (N_("优"), N_("良"), N_("中"), N_("需改进"))

SEEDS: Mapping[str, Seed] = {
    "seed_a": Seed(
        N_("“优课”型"),
        N_("看一节课设计和实施得怎样，适合公开课和示范课"),
        (
            Row(N_("教学目标"), 10), Row(N_("教学策略"), 15), Row(N_("教学内容"), 20), Row(N_("教学方法"), 20), Row(N_("教学效果"), 20),
            Row(N_("学习评价"), 10), Row(N_("基本素养"), 5),
        ),
    ),
    "seed_b": Seed(
        N_("素养课堂型"),
        N_("看学生在真实任务里的参与和思维，适合平时的课"),
        (
            Row(N_("目标与素养"), 15), Row(N_("情境与任务"), 20), Row(N_("学生参与与思维"), 25), Row(N_("评价反馈"), 15),
            Row(N_("技术与资源"), 10), Row(N_("教师素养"), 5), Row(N_("达成"), 10),
        ),
    ),
    "seed_c": Seed(
        N_("专递课堂型"),
        N_("看城里和村里两端是不是都学了，适合同步课"),
        (
            Row(
                N_("双端目标与备课"), 15,
                (N_("教案有村端栏、前测、材料清单，并且已确认"), N_("有村端栏，未确认"), N_("只是口头说过"), N_("没有")),
            ),
            Row(
                N_("双端关注"), 20,
                (N_("点名、视线、提问两端交替，村端等待不超过 20 秒"), N_("偶有遗漏"), N_("村端不到四分之一"), N_("基本不管村端")),
            ),
            Row(
                N_("村端参与与产出"), 25,
                (N_("七成以上学生有发言、展示或作品，有当堂证据"), N_("一半学生有"), N_("三成学生有"), N_("不到三成")),
            ),
            Row(N_("助学教师协同"), 15, (N_("分工清楚，局部指导及时，有反馈单"), N_("基本做到"), N_("只管纪律"), N_("缺位"))),
            Row(
                N_("技术与容错"), 10,
                (N_("课前自检，断线有替代，一分钟内恢复学习"), N_("三分钟内恢复"), N_("明显停课"), N_("这节课没有上成")),
            ),
            Row(N_("节奏与分段自主"), 5, (N_("有 5 到 10 分钟分段自主学习"), N_("有，但短"), N_("只有练习"), N_("没有分段"))),
            Row(N_("作业反馈"), 10, (N_("48 小时内两端都讲评"), N_("72 小时内"), N_("只有分数"), N_("没有反馈"))),
        ),
    ),
}  # fmt: skip
