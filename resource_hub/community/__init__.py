"""Communities: city and village schools that teach and study together (教育共同体).

Words: Community 教共体 with its model (融合型, 共建型, 协作型), lead school 牵头校, member school
成员校. Which school belongs to which community is kept one floor lower, in ``schools``, because
what a person may see depends on it; this feature holds all the rest and the verbs. Doors:
``/admin/communities``.
"""
