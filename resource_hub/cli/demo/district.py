"""Who and where: the communities, schools and people of the invented district 青岚区.

Frozen data, read by the seed in its own order: communities, schools, people. Codes (``A1``)
tie the tables together and never reach a page. Rule: no pupil is named or counted singly.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.schools.bells import Period

DISTRICT = "青岚区教育局"
SCHOOL_YEAR = 2026
TERM = "2026-2027 学年第一学期"
TERM_START, TERM_END = date(2026, 9, 1), date(2027, 1, 22)
TERM_WEEKS = 20
WEEK_AT_FIRST_START = 13
"""The demo's term is laid so that the first start falls into this week."""


@dataclass(frozen=True, slots=True)
class CommunitySeed:
    code: str
    name: str
    model: str
    """``merged`` 融合型, ``coop`` 共建型, ``assoc`` 协作型."""
    lead_school: str


@dataclass(frozen=True, slots=True)
class SchoolSeed:
    """``kind``: primary, junior, nine_year, teaching_point, kindergarten; ``bells``: city, township, village."""

    code: str
    name: str
    community: str
    kind: str
    place: str
    uplink_mbps: float
    bells: str
    is_boarding: bool = False
    is_three_schools: bool = False
    township: str = ""


@dataclass(frozen=True, slots=True)
class GrantSeed:
    """A role and where it holds: the code of a school or community, ``""`` for the district."""

    role: Role
    scope: ScopeKind
    code: str = ""
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PostingSeed:
    """A finished year of teaching elsewhere."""

    school_year: int
    school: str
    kind: str


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """A grown-up with an account; ``school`` is empty for the staff of the bureau."""

    account: str
    name: str
    staff_no: str
    school: str
    post: str
    subjects: tuple[str, ...]
    title: str
    years_at_school: int
    is_backbone: bool
    is_master: bool
    training_hours: int
    grants: tuple[GrantSeed, ...]
    postings: tuple[PostingSeed, ...]


COMMUNITIES = (
    CommunitySeed("A", "青岚实小教共体", "merged", "A1"),
    CommunitySeed("B", "城南教共体", "coop", "B1"),
    CommunitySeed("C", "青岚二中教共体", "coop", "C1"),
)

SCHOOLS = (
    SchoolSeed("A1", "青岚区实验小学", "A", "primary", "city", 50, "city"),
    SchoolSeed("A2", "柳溪镇中心小学", "A", "primary", "township", 8, "township", True, True, "柳溪镇"),
    SchoolSeed("A3", "石桥村小学", "A", "primary", "village", 0.8, "village", township="柳溪镇"),
    SchoolSeed("A4", "大坪教学点", "A", "teaching_point", "village", 0.4, "village", township="柳溪镇"),
    SchoolSeed("B1", "城南小学", "B", "primary", "city", 50, "city"),
    SchoolSeed("B2", "云台镇中心小学", "B", "primary", "township", 6, "township", False, True, "云台镇"),
    SchoolSeed("B3", "枫树湾小学", "B", "primary", "village", 1.2, "village", township="云台镇"),
    SchoolSeed("B4", "云台镇中心幼儿园", "B", "kindergarten", "township", 4, "township", False, True, "云台镇"),
    SchoolSeed("C1", "青岚区第二中学", "C", "junior", "city", 50, "city"),
    SchoolSeed("C2", "柳溪镇初级中学", "C", "junior", "township", 10, "township", True, True, "柳溪镇"),
    SchoolSeed("C3", "云台镇初级中学", "C", "junior", "township", 8, "township", township="云台镇"),
    SchoolSeed("C4", "白石乡九年一贯制学校", "C", "nine_year", "village", 2, "village", True, False, "白石乡"),
)

BELLS = {
    "city": ("08:20", "09:10", "10:15", "11:00"),
    "township": ("08:25", "09:15", "10:15", "11:00"),
    "village": ("08:30", "09:20", "10:20", "11:05"),
}
PERIOD_MINUTES = 40


def periods_of(bells: str) -> list[Period]:
    """Return the lessons of a morning at such schools."""
    begin = [int(at[:2]) * 60 + int(at[3:]) for at in BELLS[bells]]
    return [Period(number, at, at + PERIOD_MINUTES) for number, at in enumerate(begin, 1)]


# One line a person: school | account | name | post | subjects | more roles (role@scope:subjects), ★ marks a noted teacher.
_ROSTER = """
A1|fangzhengqing|方正清|校长||principal
A1|qiulan|邱岚|教务主任|数学|dean privacy_officer
A1|linxiaoyun|林晓云|教师|美术|lead_teacher
A1|zhonghai|钟海|教师|音乐|lead_teacher
A1|zhengyifan|郑一帆|教师|英语|lead_teacher
A1|tangwan|唐婉|教师|语文|group_head:语文,音乐,美术,艺术 head_teacher
A1|maxiao|马骁★|教师|数学|lead_teacher studio_host:数学
A1|helan|贺兰|教师|科学|lead_teacher
A1|yike|易可|教师|信息科技|lead_teacher
A1|bailu|白露|心理教师|心理健康|counselor
A1|jiangfan|江帆|技术员||tech
A1|penglang|彭朗|教师|体育与健康|
A2|hejianguo|何建国|校长|语文|principal principal@A4
A2|xianghong|向红|教师|英语,劳动|assist_teacher dean
A2|lujing|卢静|教师|数学|group_head:数学
A2|shilei|石磊|教师|语文|head_teacher
A2|anran|安然|新教师|语文|head_teacher
A2|jianning|简宁|安全员|体育与健康|safety_officer
A3|tianhe|田禾|校长|数学|principal safety_officer
A3|wuyoutian|吴有田|教师|语文|assist_teacher head_teacher
A3|yinxiaoman|尹小满|教师|数学|assist_teacher head_teacher
A4|maodashan|毛大山|教师|语文,数学|assist_teacher head_teacher safety_officer
B1|duruo|杜若|校长||principal
B1|songqian|宋谦|教务主任|数学|dean privacy_officer
B1|meixue|梅雪★|教师|语文|group_head:语文 studio_host:语文
B1|dingning|丁宁|教师|英语|lead_teacher
B1|xiayu|夏雨|教师|音乐|lead_teacher group_head:音乐,美术,艺术
B1|zhangcheng|章程|教师|数学|group_head:数学
B1|qinchuan|秦川|教师|科学|
B1|yeqing|叶青|教师|道德与法治|lead_teacher
B1|nihang|倪航|技术员||tech
B2|jiacheng|贾诚|校长|数学|principal
B2|limingyue|黎明月|教师|语文,综合实践活动|dean
B2|fanrong|范蓉|教师|英语|assist_teacher
B2|kongxiang|孔祥|教师|数学|head_teacher
B2|baisong|柏松|教师|体育与健康|safety_officer
B3|longtengyuan|龙腾远|校长|数学|principal
B3|yanzitian|晏子恬|教师|语文|assist_teacher head_teacher safety_officer
B3|ranran|冉冉|教师|语文,音乐|assist_teacher head_teacher
B4|wenxin|温馨|园长||principal
B4|miaomiao|苗苗|教师|语言|head_teacher
B4|tongxin|童心|教师|艺术|head_teacher safety_officer
C1|yanfuxing|严复兴|校长||principal
C1|yujing|俞景|教务主任|历史|dean privacy_officer
C1|shenkuozhi|沈括之★|教师|物理|lead_teacher group_head:物理,化学,科学
C1|jixiao|纪晓|教师|数学|group_head:数学
C1|ouyangqin|欧阳琴|教师|英语|group_head:英语
C1|luowen|骆文|教师|语文|group_head:语文
C1|huarong|花荣|教师|体育与健康|safety_officer
C1|shangli|尚理|教师|化学|
C1|quyi|曲艺|教师|美术|lead_teacher group_head:音乐,美术,艺术
C2|kezheng|柯正|校长|历史|principal
C2|shinan|施南|教师|数学|dean
C2|wuyue|伍岳|教师|语文|head_teacher
C2|gongyu|龚雨|教师|英语|head_teacher safety_officer
C3|shulang|舒朗|校长|语文|principal
C3|zhuying|祝英|教师|英语|dean
C3|qiaomu|乔木|教师|数学,美术|assist_teacher safety_officer
C4|leimingchun|雷鸣春|校长|地理|principal
C4|zoutao|邹韬|教师|物理|assist_teacher
C4|mochou|莫愁|教师|语文,综合实践活动|dean
C4|xinqin|辛勤|教师|数学|head_teacher safety_officer
|chenlan|陈岚|副局长||district_leader@district
|zhoumin|周敏|教研员|数学|researcher@district:数学,音乐,美术,艺术
|tanxiao|谭笑|教研员|语文|researcher@district:语文,英语,道德与法治
|luozhiqiang|罗志强|督学||inspector@A inspector@B3
|minjie|闵捷|区管理员||district_admin@district
|jianbo|简帛|督学||inspector@C auditor@district
"""

_TITLES = ("二级教师", "一级教师", "一级教师", "高级教师")
_POSTING_KINDS = ("轮岗", "支教", "跟岗")


def _grant(text: str, school: str) -> GrantSeed:
    name, _, subjects = text.partition(":")
    role, _, place = name.partition("@")
    named = tuple(subjects.split(",")) if subjects else ()
    if place == "district":
        return GrantSeed(Role(role), ScopeKind.DISTRICT, "", named)
    if len(place) == 1:
        return GrantSeed(Role(role), ScopeKind.COMMUNITY, place, named)
    return GrantSeed(Role(role), ScopeKind.SCHOOL, place or school, named)


def _postings(number: int, school: str, years: int) -> tuple[PostingSeed, ...]:
    """Every fourth town teacher of some years has taught a year in the country."""
    hosts = {"A1": ("A2", "A3"), "B1": ("B2", "B3"), "C1": ("C2", "C4")}.get(school, ())
    if not hosts or number % 4 or years < 4:
        return ()
    return (PostingSeed(SCHOOL_YEAR - 2 - number % 3, hosts[number % 2], _POSTING_KINDS[number % 3]),)


def _person(number: int, line: str) -> PersonSeed:
    school, account, marked, post, subjects, roles = line.split("|")
    name = marked.rstrip("★")
    is_master = marked.endswith("★")
    is_new = post == "新教师"
    years = 1 if is_new else 2 + number * 7 % 21
    grants = tuple(_grant(text, school) for text in roles.split())
    if school and subjects:
        grants = (GrantSeed(Role.TEACHER, ScopeKind.SCHOOL, school), *grants)
    return PersonSeed(
        account=account,
        name=name,
        staff_no=f"QL{school or '00'}{number:03d}",
        school=school,
        post=post,
        subjects=tuple(filter(None, subjects.split(","))),
        title="正高级教师" if is_master else "未定级" if is_new else _TITLES[min(years // 6, 3)],
        years_at_school=years,
        is_backbone=is_master or (school in {"A1", "B1", "C1"} and number % 3 == 0),
        is_master=is_master,
        training_hours=60 if is_new else 90 + number * 37 % 271,
        grants=grants,
        postings=_postings(number, school, years),
    )


PEOPLE = tuple(_person(number, line) for number, line in enumerate(_ROSTER.strip().splitlines(), start=1))


@dataclass(frozen=True, slots=True)
class EditionSeed:
    """The edition that the district uses; an empty grade means all grades of the stage."""

    stage: str
    subject: str
    edition_path: str
    grade: str = ""


_PEP_ENGLISH = "小学 / 英语 / 人教版（PEP）（三年级起点）"

EDITIONS = (
    *(
        EditionSeed("小学", subject, f"小学 / {subject} / {edition}")
        for subject, edition in {
            "语文": "统编版", "数学": "人教版", "道德与法治": "统编版", "科学": "教科版", "音乐": "人教版（简谱）",
            "美术": "人教版", "体育与健康": "人教版", "信息科技": "省编版",
        }.items()
    ),
    EditionSeed("小学", "英语", _PEP_ENGLISH),
    EditionSeed("小学", "英语", f"{_PEP_ENGLISH}（2024）", "G3"),
    *(
        EditionSeed("初中", subject, f"初中 / {subject} / {edition}")
        for subject, edition in {
            "语文": "统编版", "数学": "人教版", "英语": "人教版", "道德与法治": "统编版", "历史": "统编版", "地理": "人教版",
            "物理": "人教版", "化学": "人教版", "生物学": "人教版", "音乐": "人教版（简谱）", "美术": "人教版", "体育与健康": "人教版",
        }.items()
    ),
    EditionSeed("初中", "数学", "初中 / 数学 / 人教版（2024）", "G7"),
)  # fmt: skip

LOCAL_UNITS = tuple(
    dict(zip(("stage", "subject", "unit_no", "unit_title", "topic_no", "topic_title", "periods"), line.split("|"), strict=True))
    for line in """\
小学|校本课程|1|云台茶事|1|家乡的茶园|4
小学|校本课程|1|云台茶事|2|炒茶与泡茶|2
小学|校本课程|2|柳溪竹编|1|挑一压一与挑二压二|2
小学|校本课程|2|柳溪竹编|2|编一个小杯垫|2
小学|校本课程|3|白石二十四节气|1|节气观察手册|4
小学|校本课程|4|大坪昆虫|1|田埂上的昆虫|2
小学|校本课程|5|枫树湾观鸟|1|听声识鸟|2""".splitlines()
)
"""School-based courses of this district, for the importer of units."""


def first_day_of_term(today: date) -> date:
    """Return the day on which term began, so that ``today`` lies in the demo's thirteenth week."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=WEEK_AT_FIRST_START - 1) + timedelta(days=TERM_START.weekday())


def person(account: str) -> PersonSeed:
    """Return the person with that account; KeyError when there is none."""
    return _BY_ACCOUNT[account]


def school(code: str) -> SchoolSeed:
    """Return the school with that code; KeyError when there is none."""
    return _BY_CODE[code]


_BY_ACCOUNT = {one.account: one for one in PEOPLE}
_BY_CODE = {one.code: one for one in SCHOOLS}
