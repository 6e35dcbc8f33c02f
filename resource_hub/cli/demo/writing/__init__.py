"""The words of the forty resources, by subject, in a small markup.

In documents: ``# heading``, ``- point``, ``1. step``, ``|cell|cell|`` for a table whose first
row is its head, ``> note``, ``___`` a line to write on, ``!name 1 2`` a drawing. In slides:
``== title`` begins one, ``- point``, ``@picture name 1 2``, ``@note`` for the speaker.
"""

from resource_hub.cli.demo.writing import arts, chinese, english, maths, others, science

TEXTS: dict[str, str] = {
    **maths.TEXTS,
    **chinese.TEXTS,
    **english.TEXTS,
    **science.TEXTS,
    **arts.TEXTS,
    **others.TEXTS,
}
