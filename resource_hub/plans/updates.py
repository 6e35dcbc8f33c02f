"""Taking an update of Yjs into a document: what came is not trusted, what leaves was written here.

Pure: no database. A client's bytes are applied and thrown away; what is kept and passed on is the change
that this server's own encoder gives for them.
"""

from typing import Any

from pycrdt import Doc

from resource_hub.kernel.errors import N_, Conflict, Invalid

EMPTY = b"\x00\x00"
"""An update that says nothing, and a state vector with an empty one behind it."""


class BadUpdate(Invalid):
    code = "bad_update"
    message = N_("收到的内容无法识别，没有保存。请刷新页面再试；您写的内容还在本机。")


class UpdateLacks(Conflict):
    """Something that the update stands on has not arrived: the client joins again and sends all that is lacking."""

    code = "update_lacks"
    message = N_("有一部分内容还没送到，正在重新对齐。")


def applied(doc: Doc[Any], update: bytes) -> bytes:
    """Apply an update and return what it changed, empty when nothing; raises BadUpdate."""
    changes: list[bytes] = []
    watching = doc.observe(lambda event: changes.append(event.update))
    try:
        doc.apply_update(update)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a fault inside pycrdt is a panic, which is no Exception
        raise BadUpdate from error
    finally:
        doc.unobserve(watching)
    return b"" if not changes else changes[0] if len(changes) == 1 else _merged(changes)


def clock_of(state: bytes, client: int) -> int:
    """Return how far a state vector knows the writing of a client."""
    return clocks(state).get(client, 0)


def clocks(state: bytes) -> dict[int, int]:
    """Return a state vector as numbers by client; raises BadUpdate."""
    numbers: list[int] = []
    value = shift = 0
    for byte in state:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value = shift = 0
        elif shift > 63:
            raise BadUpdate
    if not numbers or shift or len(numbers) != 1 + 2 * numbers[0]:
        raise BadUpdate
    return dict(zip(numbers[1::2], numbers[2::2], strict=True))


def lacking(doc: Doc[Any], state: bytes) -> bytes:
    """Return what a client with this state vector lacks; raises BadUpdate."""
    if not state:
        return doc.get_update()
    clocks(state)
    return doc.get_update(state)


def _merged(changes: list[bytes]) -> bytes:
    from pycrdt import merge_updates

    return merge_updates(*changes)
