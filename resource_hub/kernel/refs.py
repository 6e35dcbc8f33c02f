"""``Ref``: an opaque pointer to a thing that a higher feature owns.

A lower feature stores and passes it without knowing what it names; ``infra.cards`` turns it
into a title, an address and an icon through the resolver that the owner registered.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Return the Ref written as ``kind:id``; raises ValueError otherwise."""
        kind, sep, ident = text.partition(":")
        if not (kind and sep and ident):
            raise ValueError(f"not a reference: {text!r}")
        return cls(kind, ident)
