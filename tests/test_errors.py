"""The tree of errors: one family tells what to do next, every error names field, reason and way out."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path

import pytest

import loyaltykit
from docs.examples.web.statuses import status_of
from loyaltykit import errors

PROBLEMS = [errors.Problem("id", "is empty", "give it one"), errors.Problem("amount", "is NaN", "be finite")]

SAMPLES: list[errors.LoyaltyError] = [
    errors.LoyaltyError("field", "reason", "way out"),
    errors.RefusedError("field", "reason", "way out"),
    errors.ConflictError("field", "reason", "way out"),
    errors.InvalidValueError(PROBLEMS),
    errors.InvalidRuleError(PROBLEMS),
    errors.InvalidProgramError(PROBLEMS[1:]),
    errors.UnknownMemberError(),
    errors.UnknownTransactionError("of", "purchase"),
    errors.NotEnrolledError("occurred_at"),
    errors.InsufficientPointsError(available=10, requested=11),
    errors.ReturnExceedsPurchaseError("lines", "asks for more", "return less"),
    errors.ReversalExceedsRedemptionError("points", "is more", "give back less"),
    errors.HoldEndedError("of", "names a hold that has ended", "hold the points again"),
    errors.CaptureExceedsHoldError(held=10, requested=11),
    errors.RewardUnavailableError("is out of stock", "redeem another one"),
    errors.VoucherNotUsableError("of", "names a voucher that was used", "a voucher is spent once"),
    errors.UnmergeRefusedError("is tied", "see postings", ["x-1"]),
    errors.TableError("is torn", "export it again", row=7, column="C"),
    errors.TierGrantEndedError("of", "names one that has ended", "leave it"),
    errors.TooLateError(30),
    errors.ChangeInThePastError(),
    errors.ClosedError(),
    errors.IdempotencyConflictError(),
    errors.ProgramChangedError(["tiers", "points"]),
    errors.StaleEditError(3, ["name"]),
    errors.NotActiveError("member_id", "closed"),
    errors.OutcomeUnknownError("connection", "was lost", "send the same id again"),
    errors.MissingExtraError("pyarrow", "parquet"),
]

FAMILIES: dict[type[errors.LoyaltyError], set[type[errors.LoyaltyError]]] = {
    errors.RefusedError: {
        errors.InvalidValueError,
        errors.InvalidRuleError,
        errors.InvalidProgramError,
        errors.UnknownMemberError,
        errors.UnknownTransactionError,
        errors.NotEnrolledError,
        errors.InsufficientPointsError,
        errors.NotActiveError,
        errors.ReturnExceedsPurchaseError,
        errors.ReversalExceedsRedemptionError,
        errors.HoldEndedError,
        errors.CaptureExceedsHoldError,
        errors.RewardUnavailableError,
        errors.VoucherNotUsableError,
        errors.UnmergeRefusedError,
        errors.TableError,
        errors.TierGrantEndedError,
        errors.TooLateError,
        errors.ChangeInThePastError,
        errors.ClosedError,
    },
    errors.ConflictError: {errors.IdempotencyConflictError, errors.ProgramChangedError, errors.StaleEditError},
    errors.OutcomeUnknownError: set(),
    errors.MissingExtraError: set(),
}

BUILT_IN: dict[type[Exception], set[type[errors.LoyaltyError]]] = {
    ValueError: {
        errors.InvalidValueError,
        errors.InvalidRuleError,
        errors.InvalidProgramError,
        errors.InsufficientPointsError,
        errors.NotActiveError,
        errors.ReturnExceedsPurchaseError,
        errors.ReversalExceedsRedemptionError,
        errors.HoldEndedError,
        errors.CaptureExceedsHoldError,
        errors.RewardUnavailableError,
        errors.VoucherNotUsableError,
        errors.UnmergeRefusedError,
        errors.TableError,
        errors.TierGrantEndedError,
        errors.TooLateError,
        errors.ChangeInThePastError,
        errors.ClosedError,
        errors.IdempotencyConflictError,
        errors.ProgramChangedError,
        errors.StaleEditError,
    },
    LookupError: {errors.UnknownMemberError, errors.UnknownTransactionError, errors.NotEnrolledError},
    ImportError: {errors.MissingExtraError},
}

ids = [type(sample).__name__ for sample in SAMPLES]


def test_every_error_has_a_sample_here() -> None:
    """A new error is a new line above."""
    exported = {getattr(errors, name) for name in errors.__all__} - {errors.Problem}
    assert {type(sample) for sample in SAMPLES} == exported


def test_every_error_can_be_caught_by_its_public_name() -> None:
    """What can be raised can be imported: from `loyaltykit.errors`, and the families from the top."""
    assert all(issubclass(getattr(errors, name), Exception | errors.Problem) for name in errors.__all__)
    families = ("LoyaltyError", "RefusedError", "ConflictError", "OutcomeUnknownError", "InvalidValueError", "Problem")
    assert all(getattr(loyaltykit, name) is getattr(errors, name) for name in families)


def test_the_docstring_draws_the_tree_that_is_there() -> None:
    """Nobody has to read the code to know what to catch."""
    drawn = re.findall(r"(\w+Error)\b", errors.__doc__ or "")
    assert set(errors.__all__) - {"Problem"} <= set(drawn)


@pytest.mark.parametrize("error", SAMPLES, ids=ids)
def test_an_error_belongs_to_one_family(error: errors.LoyaltyError) -> None:
    """Refused, conflict, unknown outcome, missing extra: what to do next is told by the class."""
    for family, members in FAMILIES.items():
        assert isinstance(error, family) == (type(error) is family or type(error) in members)


@pytest.mark.parametrize("error", SAMPLES, ids=ids)
def test_an_error_has_a_built_in_parent_where_python_has_a_word_for_it(error: errors.LoyaltyError) -> None:
    """Code that knows nothing of loyaltykit catches ValueError, LookupError and ImportError."""
    for parent, members in BUILT_IN.items():
        assert isinstance(error, parent) == (type(error) in members)


@pytest.mark.parametrize("error", SAMPLES, ids=ids)
def test_an_error_names_field_reason_and_way_out(error: errors.LoyaltyError) -> None:
    """I31: all three are texts, and the message says them."""
    for part in (error.field, error.reason, error.way_out):
        assert isinstance(part, str)
        assert part
        assert part in str(error)


@pytest.mark.parametrize("error", SAMPLES, ids=ids)
def test_an_error_survives_the_way_to_another_process(error: errors.LoyaltyError) -> None:
    """A worker hands its error back whole: class, message, and what it carries."""
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


@pytest.mark.parametrize("error", SAMPLES, ids=ids)
def test_an_error_is_known_by_its_class_and_content(error: errors.LoyaltyError) -> None:
    """What the constructor takes is kept under the same names: it makes an equal error, of equal hash."""
    again = type(error)(**error.content())
    assert again == error
    assert {error: 1}[again] == 1
    assert (str(again), again.args, again.code) == (str(error), error.args, error.code)


def test_errors_of_other_content_or_class_are_not_equal() -> None:
    """Among all samples each is equal to itself only; nor is an error equal to something else."""
    for one in SAMPLES:
        assert [other for other in SAMPLES if other == one] == [one]
        assert one != str(one)
    assert errors.UnknownMemberError() != errors.UnknownMemberError("of")


def test_every_class_has_a_code_of_its_own() -> None:
    """A code tells the class, whatever the name of a subclass made elsewhere."""
    kinds = {getattr(errors, name) for name in errors.__all__} - {errors.Problem}
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(re.fullmatch(r"[a-z_]+", kind.code) for kind in kinds)
    assert loyaltykit.rules.refusals.NoTruthError.code == "invalid_rule"


def test_the_reference_lists_every_code() -> None:
    """The table is that of the classes, with the status that the examples of web applications answer."""
    page = (Path(__file__).parents[1] / "docs" / "reference" / "errors.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)` \| \[`(\w+)`\]\(#(\w+)\) \| (\d+) \| \S.*\| (.*) \|$", page, re.MULTILINE)
    expected = {type(error).__name__: (error.code, status_of(error)) for error in SAMPLES}
    assert {name: (code, int(status)) for code, name, _, status, _ in listed} == expected
    for _, name, anchor, _, data in listed:
        (sample,) = (error for error in SAMPLES if type(error).__name__ == name)
        assert anchor == name.lower()
        assert all(hasattr(sample, part) for part in re.findall(r"`(\w+)`", data))
        known = {"field", "reason", "way_out"}
        assert set(sample.content()) - known <= set(re.findall(r"`(\w+)`", data))


def test_all_problems_of_a_value_come_together() -> None:
    """Bad input: the error is about its first problem and lists them all, in words too."""
    error = errors.InvalidValueError(iter(PROBLEMS))
    assert error.problems == tuple(PROBLEMS)
    assert (error.field, error.reason, error.way_out) == ("id", "is empty", "give it one")
    assert str(error) == "id: is empty (give it one); amount: is NaN (be finite)"


def test_an_error_carries_what_a_program_needs_to_go_on() -> None:
    """S18: how much could be spent; which parts of the programme differ; which extra is missing."""
    insufficient = errors.InsufficientPointsError(available=10, requested=11)
    assert (insufficient.available, insufficient.requested) == (10, 11)
    exceeding = errors.CaptureExceedsHoldError(held=10, requested=11)
    assert (exceeding.held, exceeding.requested) == (10, 11)
    assert errors.ProgramChangedError(["tiers", "points"]).difference == ("tiers", "points")
    assert errors.MissingExtraError("pyarrow", "parquet").way_out == "pip install 'loyaltykit[parquet]'"
    assert errors.UnmergeRefusedError("is tied", "see postings", iter(["x"])).postings == ("x",)
    assert errors.UnknownMemberError("of").field == "of"
