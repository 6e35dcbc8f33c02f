"""Draw the pages of a PDF or picture file: run as a program of its own, inside the sandbox.

It reads hostile files, so it imports nothing of the house and speaks by lines of JSON: one a
page, and ``{"error": …}`` when it cannot. Usage: pages.py FILE FOLDER LIMIT WIDTH…
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

FIRST_PAGE_BYTES = 35_000
"""Page 1 at its smallest: within two seconds on a line of 512 kbit/s, with the page around it."""
MOST_PIXELS = 120_000_000
TALLEST = 5
"""A long strip is drawn at most this many times as high as wide."""
_MOST_TEXT = 20_000
_LONGEST_RUN = 12
_QUALITIES = (80, 70, 58, 45, 32, 20)


def main(argv: Sequence[str]) -> int:
    """Draw what is asked; 0 when every page within the limit stands."""
    source, folder, limit, *widths = argv
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        for record in _draw(Path(source), Path(folder), int(limit), sorted(map(int, widths))):
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except _Refused as refusal:
        sys.stdout.write(json.dumps({"error": str(refusal)}) + "\n")
        return 3
    return 0


class _Refused(Exception):
    """The word that stands in ``error``: password, damaged, empty or too_large."""


def _draw(source: Path, folder: Path, limit: int, widths: list[int]) -> Iterator[dict[str, Any]]:
    with source.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    yield from _draw_pdf(source, folder, limit, widths) if is_pdf else _draw_picture(source, folder, limit, widths)


def _draw_pdf(source: Path, folder: Path, limit: int, widths: list[int]) -> Iterator[dict[str, Any]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(str(source))
    except pypdfium2.PdfiumError as error:
        raise _Refused("password" if "assword" in str(error) else "damaged") from error
    total = len(document)
    if total == 0:
        raise _Refused("empty")
    yield {"total": total}
    for number in range(1, min(total, limit) + 1):
        try:
            page = document[number - 1]
            points_wide, points_high = page.get_size()
            wide = max(points_wide, 1.0)
            scale = min(widths[-1] / wide, TALLEST * widths[-1] / max(points_high, 1.0))
            picture = page.render(scale=scale).to_pil().convert("RGB")
            reader = page.get_textpage()
            text = reader.get_text_range()[:_MOST_TEXT].replace("\x00", "").replace("\r\n", "\n")
            runs = _runs(reader, points_wide, points_high)
            reader.close()
            page.close()
        except (pypdfium2.PdfiumError, UnicodeDecodeError):
            picture, text, runs = Image.new("RGB", (widths[-1], widths[-1] * 4 // 3), "white"), "", []
        yield _record(number, picture, text, folder, widths) | {"runs": runs}


def _runs(reader: Any, wide: float, high: float) -> list[list[Any]]:
    """Return the words with their boxes, [x, y, width, height, words] in thousandths of the page; short, never over a line's end."""
    import pypdfium2.raw as pdfium

    runs: list[list[Any]] = []
    box: tuple[float, float, float, float] | None = None
    words = ""

    def end() -> None:
        nonlocal box, words
        if box and words.strip():
            left, bottom, right, top = box
            place = (left / wide, 1 - top / high, (right - left) / wide, (top - bottom) / high)
            runs.append([*(min(1000, max(0, round(part * 1000))) for part in place), words])
        box, words = None, ""

    for at in range(min(reader.count_chars(), _MOST_TEXT)):
        char = chr(pdfium.FPDFText_GetUnicode(reader.raw, at))
        if char < " " or char.isspace() or "\ud800" <= char <= "\udfff":
            end()
            continue
        here = reader.get_charbox(at)
        if box and (len(words) >= _LONGEST_RUN or not _continues(box, here)):
            end()
        box = here if box is None else (min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3]))
        words += char
    end()
    return runs


def _continues(box: tuple[float, float, float, float], here: tuple[float, float, float, float]) -> bool:
    """True when a character stands on the same line right after what is there."""
    high = max(box[3] - box[1], here[3] - here[1], 1.0)
    is_on_line = min(box[3], here[3]) - max(box[1], here[1]) > -high / 4
    return is_on_line and -high <= here[0] - box[2] <= 2 * high


def _draw_picture(source: Path, folder: Path, limit: int, widths: list[int]) -> Iterator[dict[str, Any]]:
    try:
        with Image.open(source) as image:
            total = min(getattr(image, "n_frames", 1), limit) if image.format == "TIFF" else 1
            yield {"total": total}
            for number, frame in enumerate(ImageSequence.Iterator(image), 1):
                if number > total:
                    return
                upright = ImageOps.exif_transpose(frame)
                flat = Image.new("RGB", upright.size, "white")
                flat.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
                yield _record(number, flat, "", folder, widths) | {"runs": []}
    except Image.DecompressionBombError as error:
        raise _Refused("too_large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _Refused("damaged") from error


def _record(number: int, picture: Image.Image, text: str, folder: Path, widths: list[int]) -> dict[str, Any]:
    """Write the page in every width (never larger than it is) and return what is known of it.

    A page smaller than a width is written once for all that are wider; page 1's smallest is always its own.
    """
    images: dict[int, str] = {}
    whole = ""
    for width in widths:
        if whole:
            images[width] = whole
            continue
        name = f"{number:04}-{width}.webp"
        share = min(1.0, width / picture.width)
        whole = name if width >= picture.width and number > 1 else ""
        sized = picture.resize((max(1, round(picture.width * share)), max(1, round(picture.height * share))), Image.Resampling.LANCZOS)
        _save(sized, folder / name, FIRST_PAGE_BYTES if number == 1 and width == widths[0] else None)
        images[width] = name
    is_blank = picture.convert("L").getextrema()[0] == picture.convert("L").getextrema()[1]
    needs_ocr = len(text.strip()) < 8 and not is_blank
    return {"number": number, "text": text, "width": picture.width, "height": picture.height, "images": images, "needs_ocr": needs_ocr}


def _save(picture: Image.Image, path: Path, most_bytes: int | None) -> None:
    """Write WebP (Chrome 87 and Safari 14 show it), at lower quality and then smaller until it fits ``most_bytes``."""
    while True:
        for quality in _QUALITIES:
            picture.save(path, "WEBP", quality=quality, method=3)
            if most_bytes is None or path.stat().st_size <= most_bytes:
                return
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
