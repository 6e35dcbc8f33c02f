"""English is complete: every source string has a translation with the same places and no Chinese."""

import ast
import json
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from babel.support import Translations

from resource_hub.infra.web import catalogs

ROOT = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
CHINESE = re.compile("[\u4e00-\u9fff]")
QUOTED = re.compile("“[^”]*”")
"""What a teacher would type stays Chinese in an English hint."""
PLACES = re.compile(r"%\((\w+)\)")


def english() -> Catalog:
    with (ROOT / "resource_hub/translations/en/LC_MESSAGES/messages.po").open("rb") as text:
        return read_po(text, locale="en")


def test_every_string_has_an_english_text() -> None:
    known = {message.id for message in english() if message.string and not message.fuzzy}
    found = {
        words
        for package in ("resource_hub", "media_worker")
        for _file, _line, words, _comments, _context in extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
        if isinstance(words, str) and CHINESE.search(words)
    }
    assert found
    assert sorted(found - known) == []


def test_english_texts_keep_their_places_and_hold_no_chinese() -> None:
    for message in english():
        if message.id:
            assert set(PLACES.findall(str(message.id))) == set(PLACES.findall(str(message.string))), message.id
            assert not CHINESE.search(str(message.string)), message.string


def test_islands_say_everything_in_both_languages() -> None:
    dictionaries = list((ROOT / "static/src").rglob("zh.json"))
    assert dictionaries
    for chinese in dictionaries:
        zh, en = json.loads(chinese.read_text("utf-8")), json.loads(chinese.with_name("en.json").read_text("utf-8"))
        assert zh.keys() == en.keys(), chinese
        assert [text for text in en.values() if not text or CHINESE.search(QUOTED.sub("", text))] == [], chinese


TRANSLATED = {"_", "gettext", "_l", "lazy_gettext", "ngettext", "N_"}
NOT_FOR_PAGES = {
    "resource_hub/cli/": "the console says each sentence in both languages; the demo's lessons are Chinese",
    "resource_hub/curriculum/": "names of stages, grades and volumes as textbooks print them, and what importers read",
    "resource_hub/infra/backup/": "speaks by the command line: each refusal is raised in both languages",
    "resource_hub/infra/gateway.py": "answers before the application does, in both languages at once",
    "resource_hub/infra/programs.py": "what doctor says, in both languages",
    "resource_hub/infra/supervise.py": "speaks to the console, in both languages",
    "resource_hub/infra/tokenizer.py": "numerals and subjects in what people type",
    "resource_hub/library/plan_files.py": "names of facts in the district's form, which is Chinese",
    "resource_hub/library/planning/docx_filing.py": "how stages are numbered in Chinese papers",
    "resource_hub/library/planning/docx_words.py": "the style that Word calls a heading by",
    "resource_hub/library/planning/docx_writing.py": "the district's form, which is Chinese",
    "resource_hub/library/planning/headings.py": "what Chinese templates call their parts",
    "resource_hub/library/planning/keeping.py": "how teachers write a number of periods",
    "resource_hub/library/rules.py": "what file names of teachers suggest",
    "resource_hub/media/rules.py": "the stored name of a file that came without one",
    "resource_hub/media/api.py": "the label of captions in the captions' own language",
    "resource_hub/packs/tables.py": "columns of a Chinese sheet",
    "resource_hub/people/roster.py": "columns and values of a Chinese sheet",
    "resource_hub/people/service/rosters.py": "columns of a Chinese sheet",
    "resource_hub/schools/bells.py": "how people write times of day",
    "resource_hub/schools/rules.py": "how people write days",
    "resource_hub/search/reading.py": "the particles that names are read without",
    "resource_hub/search/rules.py": "words that a question may hold",
    "resource_hub/search/views.py": "questions to try, in the language of the lessons",
}
"""Where Chinese may stand outside gettext, and why."""


def test_no_chinese_is_shown_without_gettext() -> None:
    found = [
        f"{name}:{line} {words}"
        for package in ("resource_hub", "media_worker")
        for path in sorted((ROOT / package).rglob("*.py"))
        if not (name := path.relative_to(ROOT).as_posix()).startswith(tuple(NOT_FOR_PAGES))
        for line, words in _untranslated(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_every_exception_still_holds_chinese() -> None:
    for place in NOT_FOR_PAGES:
        files = [ROOT / place] if place.endswith(".py") else list((ROOT / place).rglob("*.py"))
        assert any(_untranslated(ast.parse(path.read_text("utf-8"))) for path in files), f"{place} needs no exception any more"


def _untranslated(tree: ast.Module) -> list[tuple[int, str]]:
    """Chinese strings that are no docstrings, no words of a permission (docs/permissions.md) and not given to gettext."""
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATED | {"Permission"}:
            passed.update(inner for argument in node.args for inner in ast.walk(argument))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value) and node not in passed
    ]


def test_english_is_compiled_at_start_and_again_when_it_changes(tmp_path: Path) -> None:
    folder = catalogs.compiled(tmp_path)
    made = folder / "en/LC_MESSAGES/messages.mo"
    assert Translations.load(str(folder), ["en"]).gettext("上传") == "Upload"
    before = made.stat().st_mtime_ns
    assert catalogs.compiled(tmp_path) == folder
    assert made.stat().st_mtime_ns == before
    changed = tmp_path / "sources/en/LC_MESSAGES/messages.po"
    changed.parent.mkdir(parents=True)
    changed.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "上传"\nmsgstr "Send"\n', "utf-8")
    assert Translations.load(str(catalogs.compiled(tmp_path, tmp_path / "sources")), ["en"]).gettext("上传") == "Send"
