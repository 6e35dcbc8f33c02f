"""Which engine an application searches with: ``HUB_SEARCH``."""

from flask import Flask

from resource_hub.infra.index.engine import Index, SearchEngine, set_index
from resource_hub.infra.index.table_index import TableIndex


def init_index(app: Flask) -> SearchEngine:
    """Give ``app`` the index that its settings name; nothing is read or written yet."""
    settings = app.extensions["resource_hub"].settings
    index: SearchEngine = TableIndex(app) if settings.search == "postgresql" else Index(settings.data_path / "index")
    set_index(app, index)
    return index
