"""Audit: who did, saw or exported what, when, and with which result.

Words: an *entry* is one fact; the *chain* binds each entry to the one before it by its hash, so
that a changed or missing row shows. Door: ``service.note``, called by every verb that writes.
Rule: entries are never changed or removed; the database itself refuses it.
"""
