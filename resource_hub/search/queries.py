"""Facet values in words: labels from the features that own them."""

from collections.abc import Iterable, Mapping, Sequence

from resource_hub.infra.features import hub


def labels_of(facets: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Return facet → value → label; a value that nobody names is its own label."""
    return {name: _labels(name, sorted(set(values))) for name, values in facets.items()}


def _labels(name: str, values: Sequence[str]) -> dict[str, str]:
    given = hub().labels.get(name)
    found = given.resolve(values) if given and values else {}
    return {value: str(found.get(value) or value) for value in values}
