"""How much one connection may send: so many at once, and so many a second after that."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """``take`` is False when there is nothing left to take for now."""

    rate: float
    size: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.size

    def take(self) -> bool:
        now = time.monotonic()
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True
