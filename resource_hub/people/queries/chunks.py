"""Long lists in pieces."""

from collections.abc import Iterator, Sequence


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Databases bound the number of parameters of one statement."""
    for start in range(0, len(values), 500):
        yield values[start : start + 500]
