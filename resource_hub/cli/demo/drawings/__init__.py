"""Drawings of the demo papers and films, made by name: ``draw("fraction 1 4")``."""

from PIL import Image

from resource_hub.cli.demo.drawings import life, sums
from resource_hub.cli.demo.drawings.canvas import PAPER, WIDTH, Canvas

_DRAWINGS = sums.DRAWINGS | life.DRAWINGS


def draw(spec: str, *, ink: float = 1.0, width: int = WIDTH, background: str = PAPER) -> Image.Image:
    """Return the drawing named by ``spec`` and its numbers; ``ink`` is the share already drawn."""
    name, *numbers = spec.split()
    canvas = Canvas(background)
    _DRAWINGS[name](canvas, [int(number) for number in numbers], ink)
    return canvas.image(width)
