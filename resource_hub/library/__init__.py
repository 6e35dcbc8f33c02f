"""The library: teaching resources, their drafts, their review and who may see them.

Words: a ``Draft`` is the form on the server from the first second; a ``Resource`` is what a
teacher shares, made of files (media assets) in order; ``review`` names its state on the way
draft → submitted → school_published → district_review → district_published. Who sees it is the
smaller of licence and review state (``rules.audience``). Doors: ``views`` and ``api``.
"""
