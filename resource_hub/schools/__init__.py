"""Schools: the district's places and its calendar.

Words: District 区县 (one per installation), School 学校 with its kind and the 三所学校 mark,
SchoolClass 班级 (head-counts only, never pupils), Term 学期 with teaching weeks, Subject 学科.
It also holds which school belongs to which community and since when (``community_member``):
what a person may see depends on it, and people stand below the community feature, so only the
membership lives here; the community itself (name, model, lead school) lives in ``community``.
States: a school is open until ``closed_on``. Doors: ``/admin/schools``, ``/admin/terms``.
"""
