"""Curriculum: the tree that every lesson hangs on, from stage to period, titles only.

Stage 学段 → Subject 学科 → Edition 版本 → Volume 册次 → Unit 单元 → Topic 课 → Period 课时.
A level may be missing (a school-based course has no edition). Books made for the 2022
standard are an edition of their own, named by their year (``人教版（2024）``); older books keep
the plain name, and ``UnitMapping`` leads from an old unit to where its matter went.
Ids are hashes of the path: a second import changes nothing, two installations agree.
Doors: ``GET /api/v1/curriculum/nodes`` and ``queries`` for features above.
"""
