"""How what the machine refuses is told."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from loyaltykit.errors import TableError


@contextmanager
def when_writing() -> Generator[None]:
    """A full disk, a folder that takes no files, a path with a NUL.

    Raises:
        TableError: whatever the system says, without the path.
    """
    try:
        yield
    except TableError:
        raise
    except (OSError, ValueError) as error:
        raise TableError(f"cannot be written: {said(error)}", "make room, or choose another place") from None


def said(error: Exception) -> str:
    """What the system says, without the path.

    >>> said(FileNotFoundError(2, "No such file or directory", "members.csv"))
    'no such file or directory'
    """
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or "the path is none").lower()
