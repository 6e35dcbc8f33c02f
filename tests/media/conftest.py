"""The same helper for putting files in as the library's tests."""

from tests.library.conftest import put

__all__ = ["put"]
