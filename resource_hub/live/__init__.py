"""Live lessons: what happens in a lesson that city and village classes share, as a log that a cut cannot break.

Words: fact (one numbered act of teaching, for ever the same), command (what a client asks for; it becomes a
fact or is refused), seat 座位 (``lead`` 主讲, ``assist:1`` 助学, ``class:1`` the terminal of a room, ``tech``,
``observer`` 听课, ``camera:1`` a phone as document camera 文档摄像头), site (a class at the lesson, 0 leads),
state (the fold of the facts), board 板书, rung 档位.
States of a lesson: planned, running, paused, ended. Which lessons there are and who is in them is the timetable's.
A room check 教室检查 tells before the lesson what a room's devices and line will carry; the class terminal shows its room's
day and goes to its lessons by itself. Doors: ``/live/<id>``, ``/live/<id>/camera``, ``/live/rooms``, the socket
namespace ``/live`` (docs/protocol.md).
"""
