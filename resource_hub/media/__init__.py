"""Media: uploads, the files they become, and everything that is made from a file.

Words: an ``Upload`` collects parts in storage until it is finished; then it is an ``Asset``
(the original, never changed); ``Rendition`` and ``Page`` are made from it by the worker and
may be thrown away and made again. Doors: ``api`` (uploads, playback position, captions) and
``views`` (playlists). The media work itself lives in ``media_worker``.
"""
