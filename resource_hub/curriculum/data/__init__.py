"""The tables that come with the package: textbooks, units, mappings, core literacies.

Only titles are kept here, never the text of a textbook. Columns are named in the first line;
``read`` gives each line as a mapping.
"""

import csv
from importlib import resources


def read(name: str) -> list[dict[str, str]]:
    """Return the lines of ``<name>.tsv`` of this package."""
    text = resources.files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))
