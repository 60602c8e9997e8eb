"""How rules refuse: one problem at a time while they are written, and two errors that Python's protocols understand."""

from __future__ import annotations

from loyaltykit.errors import InvalidRuleError, Problem


class NoTruthError(InvalidRuleError, TypeError):
    """A predicate or a term was used as a truth value; a ``TypeError`` too, as for any object without one."""


class UnknownFieldError(InvalidRuleError, AttributeError):
    """A word has no such field; an ``AttributeError`` too, so that ``hasattr`` and ``getattr`` stay usable."""


def refuse(field: str, reason: str, way_out: str) -> InvalidRuleError:
    """The error of one problem.

    >>> print(refuse("days", "are none", "pass days(90)"))
    days: are none (pass days(90))
    """
    return InvalidRuleError([Problem(field, reason, way_out)])


def no_truth(subject: str) -> NoTruthError:
    """The error of ``and``, ``or``, ``not``, ``in`` and chained comparisons, which would silently drop a condition."""
    reason = "has no truth value: it is decided only when a member is looked at"
    way_out = "write & | ~ for and, or, not, with each comparison in parentheses; is_in([...]) and between(a, b) for in"
    return NoTruthError([Problem(subject, reason, way_out)])
