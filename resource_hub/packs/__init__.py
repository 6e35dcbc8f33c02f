"""Packs: what a lesson consists of, and bundles that carry lessons in and out.

*Parts*: the files of a resource in their order, each with a role; a pack with all five is complete.
*Offline pack*: a zip that opens by double click without network, made by a job, kept while it is asked for.
*Import*: a zip with a table, or a Common Cartridge, checked row by row, then made by a job.
Doors: ``service`` (verbs), ``queries``. Rule: whatever comes in a zip is read through ``archive`` alone.
"""
