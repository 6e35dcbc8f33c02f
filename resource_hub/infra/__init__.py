"""Input and output that knows no lesson: database, units of work, jobs, storage, index, web.

Features stand on these; nothing here imports a feature. What a feature brings (job handlers,
permissions, search documents, cards) reaches this floor through ``infra.features.Feature``.
"""
