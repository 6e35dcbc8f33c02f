"""Open doors to other systems: metadata to harvest, lists to follow, events to be told of.

Words: a *record* is what we offer of one resource (``OfferedRecord``); it is *open* when strangers
may have its metadata (published in the district under a Creative Commons licence), otherwise only
harvesters with a token have it; it is *deleted*, never forgotten, once it is offered no more. A
*webhook* is told of what happens to offered resources. Doors: ``views`` and ``api``. Rule: only
metadata leaves here, bytes stay behind the sign-in and the licence.
"""
