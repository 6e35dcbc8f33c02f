"""Joint preparation 集体备课 and lesson study 课例研究: prepare, teach, observe, talk, revise, teach again, as linked data.

Words: a *task* 备课任务 goes from a first draft to a shared plan 共案; an *edition* 个案 is one member's own plan from it,
with how it was taught and what they think of it; a *cycle* 课例研究 has up to three *rounds*, each binding a plan as it
stood, a lesson, observers, a *discussion* in *turns* by phase, and *reasons* that lead from a changed stage to a turn.
States: task drafting → discussing → meeting → shared → taught → reflected → archived; round planned → taught →
discussing → concluded; cycle open → closed → published. Members see a task or a cycle; for others it is not there.
Doors: ``/study`` (``views``, ``cycle_views``).
"""
