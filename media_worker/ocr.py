"""Read the words of a scanned page with tesseract, Chinese and English."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from media_worker.sandbox import Limits, run
from resource_hub.kernel.errors import Broken
from resource_hub.media.schemas import Read, Run

LANGUAGES = "chi_sim+eng"
_LIMITS = Limits(wall_s=180, cpu_s=170, memory_mb=1000, address_mb=3000, file_mb=50, processes=8)
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) +(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])")


def read_page(image: Path, folder: Path, *, check: Callable[[], None] | None = None) -> Read:
    """Return the text of one page image, Chinese without the spaces that tesseract puts between characters, and its words' places."""
    # Our own page image, hence safe to open here; tesseract's WebP support differs between builds.
    given = folder / "page.png"
    with Image.open(image) as picture:
        picture.convert("L").save(given, "PNG")
        size = picture.size
    done = run(["tesseract", given.name, "read", "-l", LANGUAGES, "--psm", "3", "txt", "tsv"], cwd=folder, limits=_LIMITS, check=check)
    if done.returncode != 0:
        raise Broken
    text = (folder / "read.txt").read_text("utf-8", "replace").replace("\f", "")
    clean = re.sub(r"\n{3,}", "\n\n", _BETWEEN_CHINESE.sub("", text)).strip()
    return Read(clean, list(_runs((folder / "read.tsv").read_text("utf-8", "replace"), size)))


def _runs(table: str, size: tuple[int, int]) -> Iterator[Run]:
    """Yield the words of tesseract's table with their boxes in thousandths of the picture."""
    for line in table.splitlines()[1:]:
        cells = line.split("\t")
        if len(cells) < _COLUMNS or cells[0] != _WORD or not cells[-1].strip():
            continue
        left, top, width, height = (int(cell) for cell in cells[6:10])
        yield [left * 1000 // size[0], top * 1000 // size[1], -(-width * 1000 // size[0]), -(-height * 1000 // size[1]), cells[-1].strip()]


_COLUMNS, _WORD = 12, "5"
"""Of tesseract's table: how many columns there are, and the level of a row that is a word."""
