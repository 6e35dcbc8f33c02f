"""The drawn library that search is measured on, and the questions put to it. The same for every engine.

The documents exist only as their numbers: texts of about 1,500 characters are drawn from a Zipf
vocabulary and the units of the curriculum.
"""

import csv
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import accumulate

from pypinyin import lazy_pinyin

from resource_hub.infra.index import IndexDocument
from resource_hub.kernel.refs import Ref

CHARACTERS = 1_500
WORDS = 20_000
ASKED = 40
"""Questions of each kind."""
SCOPES = frozenset({"district", "school:s1"})
KINDS = ("lesson_plan", "slides", "task_sheet", "exercise", "micro_lesson", "recorded_lesson")
_HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return words of one to three characters and their cumulative Zipf weights."""
    chance = random.Random(1)
    words = tuple(dict.fromkeys("".join(chance.choices(_HAN, k=chance.choice((1, 2, 2, 2, 3)))) for _ in range(WORDS)))
    return words, tuple(accumulate(1 / rank for rank in range(1, len(words) + 1)))


@cache
def places() -> tuple[tuple[str, str, str, str], ...]:
    """Return subject, grade, volume and unit of real textbooks."""
    text = resources.files("resource_hub.curriculum.data").joinpath("units.tsv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    return tuple((row["subject"], row["grade"], row["volume"], row["unit_title"]) for row in rows)


def document(number: int, ident: str = "") -> IndexDocument:
    """Return the document of this number, under its own name or another."""
    chance = random.Random(number)
    words, weights = vocabulary()
    subject, grade, volume, topic = places()[number % len(places())]
    text = "".join(chance.choices(words, cum_weights=weights, k=CHARACTERS // 2))
    scope = chance.choices(("district", "school:s1", "school:s8", "school:s9"), weights=(6, 2, 1, 1))[0]
    return IndexDocument(
        ref=Ref("drawn", ident or f"d{number:07}"),
        title=f"{topic} {''.join(chance.choices(words, cum_weights=weights, k=2))}",
        path=f"{subject} {grade}{volume} {topic}",
        keywords=chance.choices(words, cum_weights=weights, k=3),
        summary=text[:60],
        pages=[text[start : start + 500] for start in range(0, len(text), 500)],
        scopes=frozenset({scope}),
        facets={
            "kind": chance.choice(KINDS),
            "subject": subject,
            "grade": grade,
            "volume": volume,
            "school": f"s{number % 12}",
            "node": [subject, topic],
        },
        updated_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
    )


def questions() -> dict[str, list[str]]:
    """Return the questions of each kind, drawn once."""
    chance = random.Random(5)
    words, weights = vocabulary()
    topics = [place[3] for place in places()]
    drawn: dict[str, Callable[[int], str]] = {
        "word": lambda _number: words[chance.randrange(20, 2_000)],
        "common": lambda number: words[number % 10],
        "two": lambda _number: " ".join(chance.choices(words, cum_weights=weights, k=2)),
        "phrase": lambda _number: f'"{chance.choice(topics)}"',
        "sentence": lambda _number: f"怎样让{chance.choice(places())[1]}的孩子理解{chance.choice(topics)}",
        "pinyin": lambda _number: "".join(lazy_pinyin(chance.choice(topics)[:4])),
        "facets_snippets": lambda number: (
            chance.choice(topics) if number % 2 else " ".join(chance.choices(words, cum_weights=weights, k=2))
        ),
        "suggest": lambda number: chance.choice(topics)[: 1 + number % 3],
    }
    return {kind: [draw(number) for number in range(ASKED)] for kind, draw in drawn.items()}
