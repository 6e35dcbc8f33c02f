"""The texts in other languages, compiled from their ``.po`` files when the application starts.

Only ``.po`` files are kept in the repository and in the wheel; gettext reads ``.mo``. Compiling
here saves every installation a step that can be forgotten, and works when the program's own
folder cannot be written. Rule: the folder is named by the content of the sources, never judged
by times of files, since an installed wheel may carry older times than what it replaces.
"""

import hashlib
import os
import shutil
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCES = Path(__file__).parents[2] / "translations"
_PLACE = "*/LC_MESSAGES/messages.po"


def compiled(data: Path, sources: Path = SOURCES) -> Path:
    """Return the folder with the compiled texts, made now when it is missing or of other sources."""
    texts = sorted(sources.glob(_PLACE))
    content = hashlib.sha256(b"".join(text.read_bytes() for text in texts)).hexdigest()[:16]
    folder = data / "translations" / content
    if not folder.is_dir():
        _compile({text: text.relative_to(sources) for text in texts}, folder)
    return folder


@cache
def _binary(text: bytes, locale: str) -> bytes:
    """Return the ``.mo`` of a ``.po``; a process that makes many applications compiles once."""
    written = BytesIO()
    write_mo(written, read_po(BytesIO(text), locale=locale))
    return written.getvalue()


def _compile(texts: dict[Path, Path], folder: Path) -> None:
    """Make ``folder`` whole or not at all; several processes may start at once."""
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    for text, place in texts.items():
        target = (making / place).with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_binary(text.read_bytes(), place.parts[0]))
    making.mkdir(parents=True, exist_ok=True)
    try:
        making.rename(folder)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)  # another process was first with the same content
        if not folder.is_dir():
            raise
