"""The forty resources of the demo district on a shelf: their real words, at their real places of the curriculum."""

from resource_hub.cli.demo import district
from resource_hub.cli.demo.resources import RESOURCES, ResourceSeed
from resource_hub.cli.demo.writing import TEXTS
from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum import service
from resource_hub.infra import unit
from resource_hub.library.documents import facets_of_place
from tests.search.shelf import Shelf


def fill(shelf: Shelf) -> None:
    """Write them and the tables that their places come from."""
    with shelf.app.app_context(), unit.write():
        service.load_standard()
        service.import_units(district.LOCAL_UNITS, dry_run=False)
    for seed in RESOURCES:
        _put(shelf, seed)


def _put(shelf: Shelf, seed: ResourceSeed) -> None:
    with shelf.app.app_context(), unit.write():
        place = curriculum.place_of(curriculum.node_at(seed.node).id)
        shelf.write(
            f"res_{seed.number:02}",
            seed.title,
            path=place.path,
            keywords=seed.keywords,
            summary=seed.summary,
            pages=[TEXTS[file.text] for file in seed.files if file.text in TEXTS],
            facets={"kind": seed.kind, **facets_of_place(place)},
        )
