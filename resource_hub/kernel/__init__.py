"""Pure values that every room may use: time, ids, errors, events, references, viewers, settings.

Nothing here does input or output, apart from reading the settings once at start.
"""
