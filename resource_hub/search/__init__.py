"""Search: a teacher's words → what is asked → hits with marked words, counts and labels.

Words: a *query* is what was typed; *units* are its words; *understood* is what was recognised
in it (三上 → 三年级, 上册); *filters* are chosen facet values; a *hit* is one thing found.
Doors: ``GET /search`` (page), ``GET /api/v1/search``. Rule: the viewer's scopes are part of the
question to the index; nothing is hidden afterwards.
"""
