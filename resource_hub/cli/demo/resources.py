"""The forty resources: who made them, where they hang, how far they may go, which files they have.

Words of kind, licence, review and village fit are those of the library. The review states are
spread so that every list of the demo shows something; numbers are those of the sample plan.
"""

# ruff: noqa: E501 -- a table: one resource is two or three lines

from dataclasses import dataclass

from resource_hub.cli.demo.district import PersonSeed, person, school


@dataclass(frozen=True, slots=True)
class FileSeed:
    """A file to make: its suffix says how, ``text`` names its words (see ``writing``)."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ResourceSeed:
    number: int
    title: str
    kind: str
    node: str
    """Path in the curriculum, ``小学 / 数学 / …``."""
    author: str
    licence: str
    review: str
    village_fit: str
    keywords: tuple[str, ...]
    summary: str
    files: tuple[FileSeed, ...]
    based_on: int | None = None
    third_party: str = ""

    @property
    def person(self) -> PersonSeed:
        return person(self.author)

    @property
    def school(self) -> str:
        return self.person.school

    @property
    def community(self) -> str:
        return school(self.school).community


_PLACES = {
    "数三": "小学 / 数学 / 人教版 / 三年级上册",
    "数七": "初中 / 数学 / 人教版（2024） / 七年级上册",
    "语三": "小学 / 语文 / 统编版 / 三年级上册",
    "语七": "初中 / 语文 / 统编版 / 七年级上册",
    "英三旧": "小学 / 英语 / 人教版（PEP）（三年级起点） / 三年级上册",
    "英三": "小学 / 英语 / 人教版（PEP）（三年级起点）（2024） / 三年级上册",
    "英语": "小学 / 英语",
    "科三": "小学 / 科学 / 教科版 / 三年级上册",
    "物八": "初中 / 物理 / 人教版 / 八年级上册",
    "美三": "小学 / 美术 / 人教版 / 三年级上册",
    "美七": "初中 / 美术 / 人教版 / 七年级上册",
    "音二": "小学 / 音乐 / 人教版（简谱） / 二年级上册",
    "道二": "小学 / 道德与法治 / 统编版 / 二年级上册",
    "信五": "小学 / 信息科技 / 省编版 / 五年级上册",
    "校本": "小学 / 校本课程",
    "心三": "小学 / 心理健康 / 三年级",
    "心初": "初中 / 心理健康",
    "家庭": "跨学段 / 家庭教育",
    "安全": "跨学段 / 安全教育",
    "研修": "跨学段 / 教师研修",
}


def _r(
    number: int, title: str, kind: str, place: str, by: str, keywords: str, summary: str, *files: tuple[str, str],
    based_on: int | None = None, third_party: str = "",
) -> ResourceSeed:  # fmt: skip
    """``by`` is ``account licence review fit``, with ``-`` for no village fit."""
    author, licence, review, fit = by.split()
    head, _, below = place.partition(" / ")
    return ResourceSeed(
        number=number,
        title=title,
        kind=kind,
        node=_PLACES[head] + (f" / {below}" if below else ""),
        author=author,
        licence=licence,
        review=review,
        village_fit="" if fit == "-" else fit,
        keywords=tuple(keywords.split()),
        summary=summary,
        files=tuple(FileSeed(name, text) for name, text in files),
        based_on=based_on,
        third_party=third_party,
    )


_ONE = "数三 / 分数的初步认识 / 几分之一"
_SPRING = "语七 / 第一单元 四时之景 / 春"

RESOURCES: tuple[ResourceSeed, ...] = (
    _r(1, "分一分—认识几分之一", "lesson_plan", _ONE, "maxiao L3 district_published no_device", "几分之一 平均分 折纸 三年级 分数 同步课",
       "从分月饼、折纸认识几分之一。村校端用圆饼、玉米叶代替圆片，教学过程附村校栏。", ("分一分 认识几分之一 教学设计.docx", "1.plan")),
    _r(2, "认识几分之一", "slides", _ONE, "maxiao L3 district_published screen", "几分之一 课件 分月饼 比大小 出口题",
       "十二页课件：情境分月饼、折一折、说一说、比大小、三道出口题，备注里写了村校端怎么配合。", ("认识几分之一 课件.pptx", "2.slides")),
    _r(3, "分数折纸任务单", "task_sheet", _ONE, "lujing L3 district_published no_device", "折纸 1/2 1/4 任务单 画图说明",
       "三个任务：三种折法折出 1/2；判断并涂出 1/4；用图反驳“1/8 比 1/4 大”。", ("分数折纸任务单.pdf", "3.sheet")),
    _r(4, "几分之一分层作业", "exercise", _ONE, "lujing L2 school_published no_device", "分层作业 几分之一 竹条 锯几次 比大小",
       "基础四题、提高两题、竹条挑战题，附参考答案与讲评要点。", ("几分之一分层作业.docx", "4.exercise")),
    _r(5, "倍的认识—圈一圈", "lesson_plan", "数三 / 倍的认识 / 倍的认识", "zhangcheng L3 district_published no_device", "倍 几倍 圈一圈 多几 易错",
       "以一份为标准圈出几份，理解倍；专门辨析“多几”和“几倍”。", ("倍的认识 圈一圈 教学设计.docx", "5.plan")),
    _r(6, "倍的认识微课", "micro_lesson", "数三 / 倍的认识 / 倍的认识", "zhangcheng L3 district_published screen", "倍的认识 微课 胡萝卜 标准 预习",
       "从两根胡萝卜、六根白萝卜圈出三倍，再换标准看倍数怎样变。附八分钟分镜脚本。",
       ("倍的认识 微课.mp4", "6"), ("倍的认识 微课脚本.docx", "6.script")),
    _r(7, "周长是围出来的", "recorded_lesson", "数三 / 长方形和正方形 / 周长", "maxiao L2 district_published screen", "周长 毛线 树叶 花坛 课堂实录 同步课",
       "城乡同步课实录：用毛线围树叶，村校端到操场量花坛。附实录要点与讨论题。",
       ("周长是围出来的 实录片段.mp4", "7"), ("周长是围出来的 实录要点.docx", "7.plan")),
    _r(8, "1分有多长", "lesson_plan", "数三 / 时、分、秒 / 秒的认识", "lujing L3 district_published no_device", "时分秒 1分钟 估测 脉搏 跳绳 量感",
       "用一分钟脉搏、跳绳、写字三次体验建立 1 分的量感，先估再测。", ("1分有多长 教学设计.docx", "8.plan")),
    _r(9, "集合图怎么画", "lesson_talk", "数三 / 数学广角——集合 / 集合", "maxiao L3 school_published -", "集合 韦恩图 重复计数 说课",
       "说课稿：从两份名单有重复的人引入，让韦恩图由学生自己画出来。", ("集合图怎么画 说课稿.docx", "9.talk")),
    _r(10, "负数从哪里来", "lesson_plan", "数七 / 有理数 / 正数和负数", "xinqin L3 district_published no_device", "负数 正数 气温 收支 海拔 基准",
       "气温、收支、海拔三个情境引出负数；白石乡冬天零下 4 度的意义。", ("负数从哪里来 教学设计.docx", "10.plan")),
    _r(11, "有理数加法的数轴模型", "slides", "数七 / 有理数的运算 / 有理数的加法与减法", "jixiao L3 district_review screen", "有理数 加法 数轴 绝对值 符号法则",
       "东西走十步的游戏引出加法，归纳符号与绝对值法则。十二页，每页有图。", ("有理数加法的数轴模型.pptx", "11.slides")),
    _r(12, "一元一次方程错题集", "exercise", "数七 / 一元一次方程 / 解一元一次方程", "shinan L3 withdrawn no_device", "方程 去分母 移项 错题 订正",
       "去分母漏乘、移项不变号各五例，有错因、订正和再练。", ("一元一次方程错题集.docx", "12.exercise")),
    _r(13, "大青树下的小学 朗读指导", "micro_lesson", "语三 / 第一单元 学校生活 / 大青树下的小学", "tangwan L3 district_published screen", "朗读 画面 停顿 早晨的声音 微课",
       "怎样读出画面：看见什么、听见什么、声音的远近。不含课文原文，村校任务是录下早晨的声音。",
       ("朗读指导 读出画面.mp4", "13"), ("朗读指导 微课脚本.docx", "13.script")),
    _r(14, "秋天的雨 教学设计", "lesson_plan", "语三 / 第二单元 金秋时节 / 秋天的雨", "wuyoutian L3 school_published no_device", "秋天 比喻 仿写 秋雨 复式班",
       "抓住比喻的写法，到屋檐下听雨，仿写“大坪的秋雨像……”。", ("秋天的雨 教学设计.docx", "14.plan")),
    _r(15, "写日记起步", "task_sheet", "语三 / 第二单元 金秋时节 / 习作：写日记", "shilei L1 submitted no_device", "日记 习作 观察 起步 三年级",
       "三个问题起步：看见什么、听见什么、心里想什么。日记归学生自己，不评比。", ("写日记起步 任务单.docx", "15.sheet")),
    _r(16, "春 同课异构甲", "lesson_plan", _SPRING, "luowen L3 district_published -", "春 散文 品词 画面 同课异构 批注",
       "五幅图命名与品词三法：换一换、删一删、读一读。", ("春 同课异构甲 教学设计.docx", "16.plan")),
    _r(17, "春 同课异构乙", "lesson_plan", _SPRING, "wuyue L2 school_published no_device", "春 田埂 观察 口头作文 同课异构 改编",
       "改编自甲案：先到田埂观察十分钟再读，删去比较阅读，换成口头作文。", ("春 同课异构乙 教学设计.docx", "17.plan"), based_on=16),
    _r(18, "Hello 问候歌谣", "slides", "英三旧 / Unit 1 Hello!", "zhengyifan L3 district_published screen", "Hello 问候 歌谣 TPR 轮流跟读 旧教材",
       "六个口令动作和两节歌谣，全课轮流跟读，不齐唱，避开声音延迟。", ("Hello 问候歌谣.pptx", "18.slides")),
    _r(19, "Colours 配对游戏", "task_sheet", "英三 / Unit 5 The colourful world", "dingning L3 draft no_device", "颜色 Colours 配对 抢答 树叶 布头",
       "两端各出一色，抢答 I see …;卡片可用树叶、布头。", ("Colours 配对游戏 任务单.pdf", "19.sheet")),
    _r(20, "Animals 听说课", "recorded_lesson", "英三 / Unit 3 Amazing animals", "zhengyifan L2 district_published screen", "动物 Animals 小鸡 听说课 实录",
       "双端猜谜 What's this?,村校端带来自己画的小鸡。附实录要点与改进。",
       ("Animals 听说课 实录片段.mp4", "20"), ("Animals 听说课 实录要点.docx", "20.plan")),
    _r(21, "英语助学教师口令卡", "media_asset", "英语", "zhengyifan L5 district_published no_device", "课堂英语 助学教师 口令 不用谐音 20句",
       "二十句课堂英语，配手势和场合；说明为什么不写汉字谐音。", ("英语助学教师口令卡.pdf", "21.card")),
    _r(22, "水到哪里去了", "experiment", "科三 / 水 / 水到哪里去了", "helan L3 district_published experiment", "蒸发 水蒸气 称重 自制天平 记录表",
       "湿布称重三次证明水离开了布；没有电子秤用自制天平。附会自动计算的记录表。",
       ("水到哪里去了 实验指导.docx", "22.experiment"), ("水的蒸发 记录表.xlsx", "22.table")),
    _r(23, "空气占据空间吗", "lesson_plan", "科三 / 空气 / 空气能占据空间吗", "qinchuan L3 district_published experiment", "空气 占据空间 纸团 预测 观察 解释",
       "纸团入杯倒扣实验，用预测、观察、解释单组织全课。", ("空气占据空间吗 教学设计.docx", "23.plan")),
    _r(24, "物理：声音的产生", "lesson_plan", "物八 / 声现象 / 声音的产生与传播", "shenkuozhi L3 district_published experiment", "声音 振动 橡皮筋 竹哨 转换法 物理",
       "橡皮筋盒琴双端同做，村端展示竹哨，归纳发声的共同点。", ("声音的产生 教学设计.docx", "24.plan")),
    _r(25, "光的反射演示", "micro_lesson", "物八 / 光现象 / 光的反射", "shenkuozhi L3 school_published screen", "光的反射 法线 入射角 手电 安全",
       "手电、镜子、水雾显示光路；先讲安全：不照眼睛。附没有暗室时的替代做法。",
       ("光的反射 演示.mp4", "25"), ("光的反射 微课脚本.docx", "25.script")),
    _r(26, "色彩的冷与暖", "lesson_pack", "美三 / 色彩 / 色彩的冷与暖", "linxiaoyun L3 district_published no_device", "色彩 颜色 冷暖 调色 画画 泥土 叶汁 三年级",
       "课件、任务单与范作：认识冷暖色，用泥土、叶汁调三种暖色，画家乡的东西。",
       ("色彩的冷与暖 课件.pptx", "26.slides"), ("调三种暖色 任务单.docx", "26.sheet"), ("范作 冷暖两座山.png", "hills"),
       third_party="范作与插图均为自绘，无第三方素材。"),
    _r(27, "我设计的竹编纹样", "lesson_plan", "美七 / 图案 / 我设计的纹样", "quyi L3 district_review no_device", "竹编 纹样 图案 重复 节奏 连续",
       "从竹编的挑与压找到重复的单位，在方格纸上设计连续纹样。", ("我设计的竹编纹样 教学设计.docx", "27.plan")),
    _r(28, "竹编工艺微课", "micro_lesson", "校本 / 柳溪竹编 / 挑一压一与挑二压二", "xianghong L4 district_published screen", "竹编 挑一压一 挑二压二 劳动 非遗",
       "挑一压一、挑二压二两种编法，跟着做一个小杯垫。附七分钟分镜脚本。",
       ("竹编工艺 挑与压.mp4", "28"), ("竹编工艺 微课脚本.docx", "28.script")),
    _r(29, "幽默的柳笛—听辨音色", "slides", "音二 / 听辨音色 / 幽默的柳笛", "zhonghai L3 submitted screen", "柳笛 音色 听辨 节奏 分端轮唱",
       "听辨亮与闷的声音，四小节节奏谱；分端轮唱，伴奏预先下载。", ("幽默的柳笛 课件.pptx", "29.slides")),
    _r(30, "拍手游戏节奏卡", "task_sheet", "音二 / 节奏游戏 / 节奏卡", "xiayu L3 returned no_device", "节奏 拍手 节奏卡 二年级 休止",
       "六张节奏卡，两人一组猜拍、对话、接龙。", ("拍手游戏节奏卡.pdf", "30.sheet")),
    _r(31, "我是小小值日生", "lesson_plan", "道二 / 我们的班级 / 我是班级值日生", "yeqing L1 school_published no_device", "值日 责任 情境辨析 家庭实践",
       "三则情境辨析，定班级小约定，一周家庭实践记录。", ("我是小小值日生 教学设计.docx", "31.plan")),
    _r(32, "家乡的茶园", "unit_plan", "校本 / 云台茶事 / 家乡的茶园", "limingyue L3 draft no_device", "茶园 校本课程 采茶 茶青价 推介信",
       "四课时单元：认茶、采茶、算一算茶青价、写一封推介信。", ("家乡的茶园 单元设计.docx", "32.unit")),
    _r(33, "二十四节气观察手册", "media_asset", "校本 / 白石二十四节气 / 节气观察手册", "mochou L4 district_published no_device", "二十四节气 物候 农事 谚语 观察",
       "每个节气看物候、问农事、量气温、记谚语，附可复印的记录页。", ("二十四节气观察手册.pdf", "33.handbook")),
    _r(34, "画流程图", "lesson_plan", "信五 / 身边的算法 / 用流程图描述算法", "yike L3 district_review no_device", "算法 流程图 煮面条 判断 不插电",
       "用煮面条的步骤认识算法和流程图；没有电脑时用卡片。", ("画流程图 教学设计.docx", "34.plan")),
    _r(35, "情绪温度计", "lesson_plan", "心三 / 认识情绪 / 情绪温度计", "bailu L3 district_published no_device", "情绪 温度计 深呼吸 心理健康 求助",
       "用一到十的刻度量情绪，学会四、四、六深呼吸；不公开个人情况。", ("情绪温度计 活动设计.docx", "35.plan")),
    _r(36, "考前放松音频", "media_asset", "心初 / 学习与压力 / 考前放松", "bailu L3 district_published no_device", "放松 考前 呼吸 音频 初中",
       "渐进放松的朗读脚本与开头一段的声音样例。", ("考前放松 样例.m4a", "36"), ("考前放松 朗读脚本.docx", "36.script")),
    _r(37, "隔代教养怎么说话", "media_asset", "家庭 / 倾听与表达 / 隔代教养怎么说话", "miaomiao L4 school_published no_device", "隔代教养 爷爷奶奶 倾听 家庭教育 方言",
       "给爷爷奶奶的说话小卡：少说“别哭了”，多说“我听见你难过”。可录成方言。", ("隔代教养怎么说话.docx", "37.guide")),
    _r(38, "防溺水班会", "lesson_pack", "安全 / 防溺水 / 防溺水班会", "jianning L3 district_published screen", "防溺水 六不准 救生 班会 家长回执",
       "班会课件、救生演示视频脚本与家长告知回执。", ("防溺水班会 课件.pptx", "38.slides"), ("防溺水 脚本与告知回执.docx", "38.letter")),
    _r(39, "专递课堂助学教师10步", "media_asset", "研修 / 专递课堂 / 助学教师工作", "qiulan L5 district_published no_device", "专递课堂 助学教师 10步 断线怎么办",
       "课前物、人、线，课中点、拍、举、静，课后收、批、报。打印贴在屏幕旁。", ("助学教师10步卡.pdf", "39.card")),
    _r(40, "怎样做S-T观察", "lesson_talk", "研修 / 课堂观察 / S-T 观察", "songqian L3 district_published -", "S-T 课堂观察 Rt Ch 采样 听评课",
       "30 秒采样、二十例判定、练习的标准答案串与计算过程。", ("怎样做S-T观察 讲稿.docx", "40.talk")),
)  # fmt: skip
