"""What is said and shown in the short demo films, scene by scene.

A scene's speech is read by the speech synthesiser: Chinese by pinyin, Latin words as English.
The films are samples of 20 to 30 seconds; the full scripts lie beside them as documents.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scene:
    """One slide of a film: ``picture`` names a drawing, which is drawn while the teacher speaks."""

    title: str
    lines: tuple[str, ...]
    speech: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Film:
    """``look``: ``slides`` (slides, teacher in the corner) or ``camera`` (a class filmed from the back)."""

    title: str
    teacher: str
    look: str
    scenes: tuple[Scene, ...]


FILMS = {
    "6": Film(
        "倍的认识",
        "章程　城南小学",
        "slides",
        (
            Scene("比一比", ("胡萝卜 2 根", "白萝卜 6 根"), "同学们好。这里有两根胡萝卜，六根白萝卜。", "radish 2 6 0"),
            Scene("谁是一份", ("2 根看作 1 份", "这就是标准"), "我们把两根胡萝卜看作一份，这就是标准。", "radish 2 6 1"),
            Scene(
                "圈一圈",
                ("6 里面有 3 个 2", "白萝卜是胡萝卜的 3 倍"),
                "每两根圈一圈，有这样的三份。所以，白萝卜是胡萝卜的三倍。",
                "radish 2 6 2",
            ),
            Scene("换一个标准", ("胡萝卜变成 3 根", "现在是几倍？"), "如果胡萝卜变成三根，现在是几倍？请你圈一圈。", "radish 3 6 2"),
        ),
    ),
    "7": Film(
        "周长是围出来的",
        "马骁　青岚区实验小学",
        "camera",
        (
            Scene("周长是围出来的", ("用手指描一描",), "请大家拿出树叶，用手指沿着边线走一圈。", "leaf 0"),
            Scene("围一围", ("从起点出发", "回到起点"), "毛线从这里出发，贴紧边线，一直回到起点。", "leaf 1"),
            Scene("量一量", ("拉直，再用尺子量",), "把毛线拉直，量一量。石桥的同学，你们量出来是多少厘米？", "leaf 2"),
            Scene("花坛的周长", ("先估一估", "再量一量"), "村里的同学去量花坛，城里的同学量课本。先估一估，再动手。", "leaf 3"),
        ),
    ),
    "13": Film(
        "朗读指导：读出画面",
        "唐婉　青岚区实验小学",
        "slides",
        (
            Scene("读给谁看", ("让听的人看见",), "今天不比谁读得快，比一比，谁能让听的人看见画面。", "morning 0"),
            Scene("早晨的路", ("看见什么？", "听见什么？"), "读之前先问自己，我看见什么，听见什么。", "morning 1"),
            Scene(
                "声音的远近", ("安静：低一点，慢一点", "热闹：亮一点"), "安静的地方，声音放低，放慢。热闹的地方，声音亮起来。", "morning 2"
            ),
            Scene("小任务", ("录下你学校早晨的声音",), "请录下你们学校早晨的声音，三十秒就好。", "morning 2"),
        ),
    ),
    "20": Film(
        "Animals 听说课",
        "郑一帆　青岚区实验小学",
        "camera",
        (
            Scene("What's this?", ("Listen and guess.",), "Hello, everyone! Listen, please. What's this?", "chick 0"),
            Scene("Guess", ("It's yellow.", "It's small."), "It's yellow. It's small. 石桥的同学，请你们猜一猜。", "chick 1"),
            Scene("It's a chick.", ("a chick",), "Yes! It's a chick. 这是石桥同学画的小鸡。Very good!", "chick 2"),
            Scene("Your turn", ("What's this?", "It's a …"), "Now, your turn. 请村里的同学出题，城里的同学来猜。", "chick 2"),
        ),
    ),
    "25": Film(
        "光的反射",
        "沈括之　青岚区第二中学",
        "slides",
        (
            Scene("安全第一", ("手电光不照眼睛",), "做实验之前请记住，手电光和反射光，都不照眼睛。", "mirror 0"),
            Scene("入射光", ("先画法线", "再量角度"), "光斜射到镜面。过入射点，画一条和镜面垂直的法线。", "mirror 1"),
            Scene("反射光", ("反射角等于入射角",), "量一量，入射角三十度，反射角也是三十度。", "mirror 2"),
            Scene("我的发现", ("三线共面，两线分居", "两角相等，光路可逆"), "三线共面，两线分居，两角相等，光路可逆。", "mirror 2"),
        ),
    ),
    "28": Film(
        "竹编工艺：挑与压",
        "向红　柳溪镇中心小学",
        "slides",
        (
            Scene("两个动作", ("挑：从下面走", "压：从上面走"), "竹篮上的花纹，其实只有两个动作，挑和压。", "weave 1 0"),
            Scene("挑一压一", ("第一行：挑一，压一",), "第一行，挑一，压一，一直编到头。第二行，反过来。", "weave 1 1"),
            Scene("像棋盘", ("横竖一样密",), "编到第六行，横竖一样密，像不像一个棋盘？", "weave 1 2"),
            Scene("挑二压二", ("错一根，斜一步",), "挑二，压二，每行错一根，就编出了斜斜的纹路。", "weave 2 2"),
        ),
    ),
}

RELAXATION = (
    "请坐稳，两脚放平，手放在腿上。",
    "吸气，一，二，三，四。",
    "呼气，一，二，三，四，五，六。",
    "握紧拳头，数三下，松开。",
    "把肩膀放下来。我已经准备了一段日子，我可以先做会的题。",
)
"""The beginning of the relaxation, as a sample of sound; pauses lie between the sentences."""
