"""Errors that are raised while a rule is written."""

from __future__ import annotations

from loyaltykit.errors import InvalidRuleError, Problem


class NoTruthError(InvalidRuleError, TypeError):
    """A predicate or a term was used as a truth value. It is a ``TypeError``, too."""


class UnknownFieldError(InvalidRuleError, AttributeError):
    """There is no built-in field of this name. It is an ``AttributeError``, too, so that ``hasattr`` works."""


def refuse(field: str, reason: str, way_out: str) -> InvalidRuleError:
    """Return an error with one problem.

    >>> print(refuse("window", "is not a span", "pass days(90)"))
    window: is not a span (pass days(90))
    """
    return InvalidRuleError([Problem(field, reason, way_out)])


def no_truth(subject: str) -> NoTruthError:
    """Return the error of ``and``, ``or``, ``not``, ``in`` and chained comparisons, which would drop a condition."""
    reason = "has no truth value before it is evaluated for a member"
    way_out = "write & | ~ for and, or, not, with each comparison in parentheses; is_in([...]) and between(a, b) for in"
    return NoTruthError([Problem(subject, reason, way_out)])
