"""Shelves: browsing by the curriculum, the page of a unit or lesson, collections and bookmarks.

Words: a *book* is a volume of the edition that the district uses; a *group* gathers kinds of works
that serve the same need (plans, slides, task sheets, recordings, packs); a ``Collection`` is an ordered
choice of works that belongs to a person, a school, a community or the district; a ``Bookmark`` is
private. Doors: ``views`` and ``api``; ``catalogue`` and ``lesson`` read the tree and one place of it.
"""
