"""People: who works here, how they sign in, and what they may do.

Words: Person 教师 or staff of the district (pupils never), Account 账号 with its login, RoleGrant
a role in a scope for a time, LoginSession one browser or program signed in, ClassTerminal
班级终端 the device of a room, roster 名册 the sheet that a school hands in.
States: an account is open, locked for 15 minutes after five wrong passwords, or closed when its
person leaves; an initial password lets its owner in only to choose a new one.
Doors: ``/sign-in``, ``/account``, ``/setup``, ``/auth/oidc``, ``/admin/people``, ``/terminal``,
``/admin/schools/<id>/terminals``, ``/admin/audit``, ``/api/v1/tokens``, ``/api/v1/me``;
``identify`` turns a cookie or bearer token into the ``Viewer`` of a request.
"""
