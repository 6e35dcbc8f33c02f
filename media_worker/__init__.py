"""The media work: turn an uploaded file into what every school can play and read.

It is apart from the hub because it starts programs that eat memory and may be attacked by a
file; the hub never imports it. Order of reading: ``handlers`` (the jobs) → ``probe`` →
``ladder`` (pure) → ``transcode`` → ``package``; ``stills``, ``papers`` and ``film`` stand beside.
Rule: every outside program is started by ``sandbox.run`` and by nothing else.
"""
