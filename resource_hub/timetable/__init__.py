"""The timetable of shared lessons: which classes are paired, and when their lessons are.

Words: a ``Pairing`` 结对 joins a lead class and one to three receiving classes in a subject, in weekly
slots 周课时, every, odd or even weeks. Of it come ``Lesson`` 同步课 with their sites 接收点, one for each day
that is taught. A lesson is planned, then open, then ended, or cancelled; it may be moved 调课 or taken over
by a substitute 代课. ``ClassSubject`` says what a class is taught by its own school; what is lacking
is the list 开不齐清单, which proposes pairings. Doors: ``/timetable``, ``/admin/pairings``,
``/admin/schools/<id>/subjects``, ``/calendar/<token>.ics``. Rule: who must be at two places at once is
refused in words; one verb at a time changes the timetable, so that two deans cannot book one teacher.
"""
