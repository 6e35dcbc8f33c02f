"""Recordings of live lessons: the lead's sound and picture, kept beside the lesson's log and shown in step with it.

Words: a ``Recording`` belongs to one lesson; each start of a recorder is a ``RecordingSession``, which arrives in chunks of
two seconds; ``media`` joins them to one asset, a ``Placed`` piece for each session. The board is never in the picture: the
page of a recording folds the log up to the second that plays. ``RecordingMark`` is what happened at a second, for the list
beside the player and for search; the *film* of a recording is one MP4 with the board beside the picture, made when asked.
States: receiving → joining → ready → erased; it is received again when more arrives.
Doors: ``api`` (the recorder's chunks), ``views`` (the page and its facts), ``jobs`` (joining what stays away, and the end
of recordings and of what single seats did).
"""
