"""Read the words of a scanned page with tesseract, Chinese and English."""

import re
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from media_worker.sandbox import Limits, run
from resource_hub.kernel.errors import Broken

LANGUAGES = "chi_sim+eng"
_LIMITS = Limits(wall_s=180, cpu_s=170, memory_mb=1000, address_mb=3000, file_mb=50, processes=8)
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) +(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])")


def read_page(image: Path, folder: Path, *, check: Callable[[], None] | None = None) -> str:
    """Return the text of one page image, Chinese without the spaces that tesseract puts between characters."""
    # Our own page image, hence safe to open here; tesseract's WebP support differs between builds.
    given = folder / "page.png"
    with Image.open(image) as picture:
        picture.convert("L").save(given, "PNG")
    done = run(["tesseract", given.name, "read", "-l", LANGUAGES, "--psm", "3"], cwd=folder, limits=_LIMITS, check=check)
    if done.returncode != 0:
        raise Broken
    text = (folder / "read.txt").read_text("utf-8", "replace").replace("\f", "")
    return re.sub(r"\n{3,}", "\n\n", _BETWEEN_CHINESE.sub("", text)).strip()
