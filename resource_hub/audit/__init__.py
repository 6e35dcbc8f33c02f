"""Audit: who did, saw or exported what, when, and with which result.

Words: an *entry* is one fact; the *chain* binds each entry to the one before it by its hash, so
that a changed or missing row shows. Doors: ``service.note``, called by every verb that writes;
``/admin/audit`` to read it, which stands in ``people/trail.py`` since it names people.
Rule: entries are never changed or removed; the database itself refuses it.
"""
