"""The files of the forty resources, made once into a folder and found there ever after.

Each resource has a folder of its number; a file is written beside its name and moved there
when whole, so an interrupted run leaves nothing half made and a second one only the rest.
"""

from collections.abc import Iterable
from pathlib import Path

from resource_hub.cli.demo import district, films, papers, slides
from resource_hub.cli.demo.drawings import draw
from resource_hub.cli.demo.papers import Letterhead
from resource_hub.cli.demo.resources import RESOURCES, FileSeed, ResourceSeed
from resource_hub.cli.demo.writing import TEXTS
from resource_hub.cli.demo.writing.films import FILMS, RELAXATION


def write_all(target: Path, only: Iterable[int] | None = None) -> dict[int, list[Path]]:
    """Make what is missing of the files of all resources (or of ``only`` some); return them by number.

    Raises Unavailable when a program that is needed is not installed.
    """
    wanted = None if only is None else set(only)
    return {seed.number: _write(target, seed) for seed in RESOURCES if wanted is None or seed.number in wanted}


def _write(target: Path, seed: ResourceSeed) -> list[Path]:
    folder = target / f"{seed.number:02d}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for file in seed.files:
        path = folder / file.name
        if not path.exists():
            half = folder / f".half{path.suffix}"
            _make(seed, file, half)
            half.replace(path)
        paths.append(path)
    return paths


def _make(seed: ResourceSeed, file: FileSeed, path: Path) -> None:
    title = Path(file.name).stem if len(seed.files) > 1 else seed.title
    head = Letterhead(title, seed.person.name, district.school(seed.school).name)
    if path.suffix == ".mp4":
        films.film_file(FILMS[file.text], path)
    elif path.suffix == ".m4a":
        films.sound_file(RELAXATION, seed.title, path)
    elif path.suffix == ".png":
        draw(file.text, width=1600).save(path)
    else:
        path.write_bytes(_paper(path.suffix, file.text, head))


def _paper(suffix: str, text: str, head: Letterhead) -> bytes:
    if suffix == ".xlsx":
        return papers.xlsx_bytes(head)
    if suffix == ".pdf":
        return papers.pdf_bytes(TEXTS[text], head)
    return slides.pptx_bytes(TEXTS[text], head) if suffix == ".pptx" else papers.docx_bytes(TEXTS[text], head)
