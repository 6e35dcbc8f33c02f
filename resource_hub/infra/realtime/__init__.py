"""Sockets: one python-socketio server per web process, who is on the other end, and errors in words.

Features bring handlers (``Feature.sockets``); this floor admits connections, bounds them and turns what a
handler raises into an answer. Rule: a handler runs in the event loop and never touches the database there.
"""
