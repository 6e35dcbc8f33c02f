"""What communities mount: a card, so that any page can name one."""

from collections.abc import Mapping, Sequence

from resource_hub.community import queries
from resource_hub.infra.features import Card, Feature
from resource_hub.kernel.viewer import Viewer


def _cards(_viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    return {ident: Card(title=name, url="") for ident, name in queries.community_names(ids).items()}


FEATURE = Feature(name="community", cards={"community": _cards})
