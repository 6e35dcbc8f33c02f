"""Observation 听课: what colleagues saw in a lesson, as notes at the second, codes by the tick, and rows of a rubric.

Words: observation 听课记录 (one observer's, of a live lesson, a recording, or a lesson in the next room), note 记录点,
coding 编码 (S-T or FIAS, each end apart), rubric 评课量表, rater 评分人, round 考核轮次. States of an observation: private →
shared with the taught teacher → shared (cycle members, and the school's principal sees the report). Each step is the
observer's own and explicit. What an observer writes is made on their device and synced by their own ids, so that the
page works without a line; nothing here is a ranking. Doors: ``/observe``, ``POST /api/v1/observations/sync``, ``POST /api/v1/codings``.
"""
