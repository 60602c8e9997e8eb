"""Refusals are one family, and Python's own protocols understand two of them."""

import pickle

from loyaltykit.errors import InvalidRuleError, Problem
from loyaltykit.rules.refusals import NoTruthError, UnknownFieldError, no_truth, refuse


def test_a_refusal_has_one_problem() -> None:
    """Field, reason and way out."""
    error = refuse("days", "are none", "pass days(90)")
    assert type(error) is InvalidRuleError
    assert error.problems == (Problem("days", "are none", "pass days(90)"),)


def test_two_refusals_are_errors_of_python_too() -> None:
    """So that ``hasattr`` works, and a predicate behaves like any object without a truth value."""
    assert issubclass(NoTruthError, TypeError)
    assert issubclass(UnknownFieldError, AttributeError)
    assert no_truth("term").field == "term"


def test_refusals_can_be_pickled() -> None:
    """They cross process borders like any other error."""
    for error in (no_truth("term"), UnknownFieldError([Problem("gander", "is unknown", "did you mean 'gender'?")])):
        twin = pickle.loads(pickle.dumps(error))
        assert (type(twin), twin.problems) == (type(error), error.problems)
