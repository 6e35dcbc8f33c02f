"""Draw the scenes of a film as pictures: run as a program of its own, inside the sandbox.

It opens pictures that came from uploaded files, so it imports nothing of the house and speaks by lines of JSON, one a
scene. What is drawn is kept from scene to scene, so that a stroke more costs a stroke. Usage: sheets.py SCRIPT FOLDER
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw, UnidentifiedImageError

WIDTH, HEIGHT = 1280, 720
BESIDE = 320
"""The column of the teacher's picture, right of the board."""
MOST_PIXELS = 40_000_000
_SMOOTH = 2
"""Everything is drawn larger and reduced, which smooths edges."""
_SCALE = 2_000
_BLANK = (16, 9)
_GROUND = "#1f2933"
_MARKER = 0.38
"""How much a marker takes from the paper, as on screens."""
_POINTER = ((17, "#4b535c"), (15, "#ffffff"), (12, "#d1410c"))

Box = tuple[int, int, int, int]


def main(argv: Sequence[str]) -> int:
    """Draw what the script says into the folder."""
    script, folder = json.loads(Path(argv[0]).read_text("utf-8")), Path(argv[1])
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    for n, frame in enumerate(_frames(script)):
        frame.save(folder / name_of(n), "JPEG", quality=90, subsampling=0)
        sys.stdout.write(json.dumps({"scene": n}) + "\n")
        sys.stdout.flush()
    return 0


def name_of(scene: int) -> str:
    return f"scene-{scene:05}.jpg"


def _frames(script: dict[str, Any]) -> Iterator[Image.Image]:
    board = (WIDTH - BESIDE if script["has_picture"] else WIDTH, HEIGHT)
    name = ""
    strokes: list[dict[str, Any]] = []
    sheet = Image.new("RGB", (1, 1))
    for scene in script["scenes"]:
        is_new = scene["sheet"] != name or scene["keeps"] < len(strokes)
        if is_new:
            name = scene["sheet"]
            sheet = _paper(script["sheets"].get(name), board)
            strokes = strokes[: scene["keeps"]]
        for stroke in [*(strokes if is_new else ()), *scene["adds"]]:
            sheet = _draw(sheet, stroke)
        strokes += scene["adds"]
        yield _frame(_pointed(sheet, scene["pointer"]), board)


def _paper(given: dict[str, Any] | None, board: tuple[int, int]) -> Image.Image:
    """Return an empty sheet of its own shape, as large as fits: the picture of its page, or white when there is none."""
    wide, high = (given["width"], given["height"]) if given else _BLANK
    scale = min(board[0] / wide, board[1] / high) * _SMOOTH
    size = (max(_SMOOTH, round(wide * scale)), max(_SMOOTH, round(high * scale)))
    if given:
        try:
            with Image.open(given["file"]) as picture:
                return picture.convert("RGB").resize(size, Image.Resampling.BICUBIC)
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
            # A page that cannot be read is a blank sheet: what was written on it is worth showing all the same.
            return Image.new("RGB", size, "white")
    return Image.new("RGB", size, "white")


def _draw(sheet: Image.Image, stroke: dict[str, Any]) -> Image.Image:
    unit = sheet.width / _SCALE
    points = [(x * unit, y * unit) for x, y in stroke["points"]]
    width = max(_SMOOTH, round(stroke["width"] / 1000 * sheet.width))
    if not stroke["is_marker"]:
        _trace(ImageDraw.Draw(sheet), points, width, stroke["colour"])
        return sheet
    mask = Image.new("L", sheet.size, 0)
    _trace(ImageDraw.Draw(mask), points, width, 255)
    # What is written stays readable below a marker: colours are multiplied, as on screens.
    inked = ImageChops.multiply(sheet, Image.new("RGB", sheet.size, stroke["colour"]))
    sheet.paste(inked, mask=mask.point(lambda value: round(value * _MARKER)))
    return sheet


def _trace(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: int, colour: str | int) -> None:
    """Draw a line with round ends."""
    if len(points) > 1:
        pen.line(points, fill=colour, width=width, joint="curve")
    for x, y in (points[0], points[-1]):
        _dot(pen, x, y, width / 2, colour)


def _pointed(sheet: Image.Image, place: list[int] | None) -> Image.Image:
    if place is None:
        return sheet
    marked, unit = sheet.copy(), sheet.width / _SCALE
    pen = ImageDraw.Draw(marked)
    for radius, colour in _POINTER:
        _dot(pen, place[0] / 1000 * sheet.width, place[1] / 1000 * sheet.height, radius * unit, colour)
    return marked


def _dot(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: str | int) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _frame(sheet: Image.Image, board: tuple[int, int]) -> Image.Image:
    frame = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    small = sheet.reduce(_SMOOTH)
    frame.paste(small, ((board[0] - small.width) // 2, (board[1] - small.height) // 2))
    return frame


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
