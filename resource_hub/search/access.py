"""What a viewer may find: their scope words of today, for the index and for every list in SQL.

Who belongs together is read here, at each question, so a membership that begins or ends today
counts from today; no document has to be written anew for it. Rule: queries use ``scopes_of``.
"""

from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import queries as schools


def scopes_of(viewer: Viewer) -> frozenset[str]:
    """Return the scope words of everything that ``viewer`` may see today."""
    return viewer.scopes(schools.schools_of_communities(viewer.communities) if viewer.communities else {})
