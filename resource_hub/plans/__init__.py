"""Plans (教案) that several people write at once, from the first words to the named version.

Words: a *plan* belongs to its owner, who lets *members* write or comment; its text is a document of Yjs,
kept as numbered *updates* and now and then gathered into a *snapshot*; a *version* is the plan as it stood
under a name; a *remark* is a comment or a suggestion beside a text, and a *cause* says which remark a text
came from. Doors: ``views`` (pages), ``api`` and ``/plans`` on the socket server (``sockets``).
"""
