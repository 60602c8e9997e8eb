"""Translation of errors of the operating system."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from loyaltykit.errors import TableError


@contextmanager
def table_errors_on_write() -> Generator[None]:
    """Raise ``TableError`` for errors of the operating system while a file is written, such as a full disk.

    Raises:
        TableError: the message of the system, without the path.
    """
    try:
        yield
    except TableError:
        raise
    except (OSError, ValueError) as error:
        raise TableError(f"cannot be written: {system_message(error)}", "make room, or choose another path") from None


def system_message(error: Exception) -> str:
    """Return the message of the system, without the path.

    >>> system_message(FileNotFoundError(2, "No such file or directory", "members.csv"))
    'no such file or directory'
    """
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or "the path is not valid").lower()
