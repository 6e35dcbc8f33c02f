"""The programs beside Python that the platform calls, and what to install when one is missing.

``bootstrap.py`` installs the same packages before any of our code can run; this list is asked
by ``up`` and ``doctor``.
"""

import shutil
import subprocess
from dataclasses import dataclass

_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True)
class Program:
    """A program, the Debian package that brings it, what it is for, and how it tells its version."""

    name: str
    package: str
    chinese: str
    english: str
    version: tuple[str, ...] = ("--version",)

    @property
    def is_there(self) -> bool:
        return shutil.which(self.name) is not None

    def first_line(self, *arguments: str) -> str:
        """Return the first line the program says; empty when it fails."""
        try:
            done = subprocess.run(
                [self.name, *(arguments or self.version)], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return (done.stdout or done.stderr).strip().partition("\n")[0]


PROGRAMS = (
    Program("ffmpeg", "ffmpeg", "视频转码", "video", ("-version",)),
    Program("ffprobe", "ffmpeg", "视频检查", "video", ("-version",)),
    Program("soffice", "libreoffice-writer-nogui libreoffice-impress-nogui libreoffice-calc-nogui", "文档转换", "documents"),
    Program("tesseract", "tesseract-ocr tesseract-ocr-chi-sim", "扫描件识别", "scanned pages"),
)


def missing() -> list[Program]:
    """Return the programs that are not on this machine."""
    return [program for program in PROGRAMS if not program.is_there]


def chinese_fonts() -> bool:
    """Whether a font with Chinese characters is installed; without one, pages turn into empty boxes."""
    listed = _output(["fc-list", ":lang=zh-cn", "family"])
    return bool(listed.strip())


def tesseract_reads_chinese() -> bool:
    return "chi_sim" in _output(["tesseract", "--list-langs"]).split()


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
