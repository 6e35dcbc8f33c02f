"""Resource Hub: a district's shared lessons, live paired classes and lesson study.

The house, top to bottom; a lower room never imports a higher one:
``cli | asgi | app`` → features (``dashboard`` … ``library`` → ``media`` → ``search | inbox`` →
``ledger`` → ``community`` → ``curriculum`` → ``people`` → ``schools`` → ``audit``)
→ ``infra`` (input and output that knows no lesson) → ``kernel`` (pure values).
``docs/architecture.md`` holds the picture.
"""

__version__ = "0.1.0"
