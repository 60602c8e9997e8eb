"""Every error of loyaltykit, in one tree.

The families say what to do next: a *refused* call wrote nothing and the same call would be refused again; a *conflict*
was not applied either, but something else stands in its place; an *unknown outcome* is settled by sending the same id
again.

    LoyaltyError
    ├── RefusedError                        nothing was written
    │   ├── InvalidValueError (ValueError)      a value at the door: all its problems at once
    │   │   ├── InvalidRuleError                a rule that cannot mean anything
    │   │   └── InvalidProgramError             a programme that contradicts itself
    │   ├── UnknownMemberError (LookupError)
    │   ├── UnknownTransactionError (LookupError)
    │   ├── NotEnrolledError (LookupError)      asked about a time before the member's enrolment
    │   ├── NotActiveError (ValueError)             the member's record is pending or closed
    │   ├── InsufficientPointsError (ValueError)
    │   ├── ReturnExceedsPurchaseError (ValueError)
    │   ├── ReversalExceedsRedemptionError (ValueError)
    │   ├── HoldEndedError (ValueError)
    │   ├── CaptureExceedsHoldError (ValueError)
    │   ├── RewardUnavailableError (ValueError)
    │   ├── VoucherNotUsableError (ValueError)
    │   ├── UnmergeRefusedError (ValueError)        something ties the two sides together
    │   ├── TableError (ValueError)             a table file cannot be read or written; it names the place
    │   ├── TierGrantEndedError (ValueError)
    │   ├── TooLateError (ValueError)               it happened longer ago than the programme accepts
    │   ├── ChangeInThePastError (ValueError)       a change of rules that is no declared correction
    │   └── ClosedError (ValueError)            the shop was closed
    ├── ConflictError                       known not to be applied
    │   ├── IdempotencyConflictError (ValueError)   the id is taken by something else
    │   ├── StaleEditError (ValueError)             the record was changed since
    │   └── ProgramChangedError (ValueError)        the store holds another programme
    ├── OutcomeUnknownError                 send the same id again
    └── MissingExtraError (ImportError)     an optional dependency is not installed

No message carries a personal value: it names the field, the reason and the way out.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

__all__ = [
    "CaptureExceedsHoldError",
    "ChangeInThePastError",
    "ClosedError",
    "ConflictError",
    "HoldEndedError",
    "IdempotencyConflictError",
    "InsufficientPointsError",
    "InvalidProgramError",
    "InvalidRuleError",
    "InvalidValueError",
    "LoyaltyError",
    "MissingExtraError",
    "NotActiveError",
    "NotEnrolledError",
    "OutcomeUnknownError",
    "Problem",
    "ProgramChangedError",
    "RefusedError",
    "ReturnExceedsPurchaseError",
    "ReversalExceedsRedemptionError",
    "RewardUnavailableError",
    "StaleEditError",
    "TableError",
    "TierGrantEndedError",
    "TooLateError",
    "UnknownMemberError",
    "UnknownTransactionError",
    "UnmergeRefusedError",
    "VoucherNotUsableError",
]


@frozen
class Problem:
    """One thing that is wrong with a value: which field, why, and what to do instead.

    >>> print(Problem("amount", "is a float", "pass a Decimal or a string"))
    amount: is a float (pass a Decimal or a string)
    """

    field: str
    reason: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason} ({self.way_out})"


class LoyaltyError(Exception):
    """Anything loyaltykit refuses or cannot do.

    Args:
        field: what the error is about, a field or an id's role.
        reason: why, without any personal value.
        way_out: what the caller can do.
    """

    def __init__(self, field: str, reason: str, way_out: str) -> None:
        super().__init__(field, reason, way_out)
        self.field = field
        self.reason = reason
        self.way_out = way_out

    def __str__(self) -> str:
        return str(Problem(self.field, self.reason, self.way_out))

    def __reduce__(self) -> tuple[object, ...]:
        # Kinds take other arguments than what they hold: a worker process hands back what they hold.
        return (_restored, (type(self), self.args, self.__dict__))


def _restored(kind: type[LoyaltyError], args: tuple[object, ...], held: dict[str, object]) -> LoyaltyError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(held)
    return error


class RefusedError(LoyaltyError):
    """The call was refused and nothing was written; its id stays free."""


class InvalidValueError(RefusedError, ValueError):
    """A value breaks the limits of the door; ``problems`` lists everything that is wrong with it.

    >>> error = InvalidValueError([Problem("id", "is empty", "give it one"), Problem("amount", "is NaN", "be finite")])
    >>> [problem.field for problem in error.problems]
    ['id', 'amount']
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.field, first.reason, first.way_out)
        self.args = (self.problems,)

    def __str__(self) -> str:
        return "; ".join(str(problem) for problem in self.problems)


class InvalidRuleError(InvalidValueError):
    """A rule names an unknown field, compares unlike types, or is not a rule at all."""


class InvalidProgramError(InvalidValueError):
    """A programme contradicts itself: tiers out of order, two rules of one name, a rule that fails its check."""


class UnknownMemberError(RefusedError, LookupError):
    """No member has this id."""

    def __init__(self, field: str = "member_id") -> None:
        super().__init__(field, "names no member", "enroll the member first")


class UnknownTransactionError(RefusedError, LookupError):
    """A return or a reversal names a transaction that was never recorded."""

    def __init__(self, field: str, kind: str) -> None:
        super().__init__(field, f"names no recorded {kind}", f"record the {kind} first, then send this again")


class NotEnrolledError(RefusedError, LookupError):
    """The instant lies before the member's enrolment (``T10``)."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "lies before the member's enrolment", "use an instant from enrolled_at on")


class NotActiveError(RefusedError, ValueError):
    """The member's record is pending and this would spend, or it is closed and this would be something new.

    ``status`` is that of the record at the date of what was passed.
    """

    def __init__(self, field: str, status: str) -> None:
        self.status = status
        if status == "closed":
            reason = "names a member whose record is closed at that date: only what undoes something is recorded"
        else:
            reason = "names a member whose record is pending at that date: it earns and cannot spend"
        super().__init__(field, reason, 'set status="active" with shop.members.update(...), then send this again')


class InsufficientPointsError(RefusedError, ValueError):
    """More points were asked for than can be spent at that date (``S18``).

    ``available`` is what could have been spent, ``requested`` what was asked for; both are points.
    """

    def __init__(self, *, available: int, requested: int) -> None:
        super().__init__("points", f"asks for {requested} where {available} can be spent", "ask for no more than that")
        self.available = available
        self.requested = requested


class ReturnExceedsPurchaseError(RefusedError, ValueError):
    """A return asks for more than is still kept of the purchase, or is dated before it (``S6``)."""


class ReversalExceedsRedemptionError(RefusedError, ValueError):
    """The reversals of a redemption together exceed it, or one is dated before it (``S9``)."""


class HoldEndedError(RefusedError, ValueError):
    """A capture or a release names a hold that was captured, released or timed out, or lies before it (``S19``)."""


class CaptureExceedsHoldError(RefusedError, ValueError):
    """A capture asks for more than is held (``S19``); ``held`` and ``requested`` are points."""

    def __init__(self, *, held: int, requested: int) -> None:
        super().__init__("points", f"asks for {requested} where {held} are held", "capture no more than was held")
        self.held = held
        self.requested = requested


class RewardUnavailableError(RefusedError, ValueError):
    """A reward that the programme lacks, or that this member cannot have at that date (``S24``).

    The reason says which: unknown, not available yet or any more, not for this member, had too often, out of stock.
    """

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__("reward", reason, way_out)


class VoucherNotUsableError(RefusedError, ValueError):
    """A voucher was used or cancelled, has expired, or is used before it was issued (``S24``)."""


class UnmergeRefusedError(RefusedError, ValueError):
    """A merge cannot be undone exactly, or there is none (``S23``).

    ``postings`` are the ids of what has tied the two sides together since: redemptions, holds, returns and others that
    took from a lot of the other side, or credits that repaid its debt. Empty when nothing was merged.
    """

    def __init__(self, reason: str, way_out: str, postings: Iterable[str] = ()) -> None:
        super().__init__("other", reason, way_out)
        self.postings = tuple(postings)


class TableError(RefusedError, ValueError):
    """A table file cannot be read or written: torn, too large, in another encoding, or not a table at all.

    Args:
        reason: why, without anything that stands in the file.
        way_out: what to do.
        row: the row as a spreadsheet counts it, the first is 1; None when the whole file is meant.
        column: the letter of the column, such as ``"C"``; None when the whole row is meant.

    >>> print(TableError("ends within quotes", "export the table again", row=7))
    file, row 7: ends within quotes (export the table again)
    """

    def __init__(self, reason: str, way_out: str, row: int | None = None, column: str | None = None) -> None:
        places = [f"row {row}" if row else "", f"column {column}" if column else ""]
        super().__init__(", ".join(["file", *filter(None, places)]), reason, way_out)
        self.row = row
        self.column = column


class TierGrantEndedError(RefusedError, ValueError):
    """The end of a tier set by hand that has ended, or that lies before it (``T6``)."""


class TooLateError(RefusedError, ValueError):
    """It happened more days ago than the programme accepts (``T8``); ``limit_days`` is how many."""

    def __init__(self, limit_days: int) -> None:
        super().__init__(
            "occurred_at",
            f"lies more than {limit_days} days back",
            "record an Adjustment, or raise limit_days by a change of the programme",
        )
        self.limit_days = limit_days


class ChangeInThePastError(RefusedError, ValueError):
    """A change of the programme would hold before something that is recorded, and is no correction (``T7``)."""

    def __init__(self) -> None:
        super().__init__(
            "effective_from",
            "lies at or before something that is recorded",
            'choose a later instant, or declare a correction: pass correction="why"',
        )


class ClosedError(RefusedError, ValueError):
    """The shop was closed."""

    def __init__(self) -> None:
        super().__init__("loyalty", "is closed", "open a new Loyalty")


class ConflictError(LoyaltyError):
    """Known not to be applied: something else stands in its place."""


class IdempotencyConflictError(ConflictError, ValueError):
    """The id was used before with other content (``S15``); nothing was changed."""

    def __init__(self, field: str = "id") -> None:
        super().__init__(field, "was recorded before with other content", "use a new id, or send the first content")


class StaleEditError(ConflictError, ValueError):
    """A record was changed since it was read for editing; nothing was changed.

    ``version`` is the number of the version that stands, ``fields`` names the parts in which it differs from the one
    that the edit was made on. No value is shown.
    """

    def __init__(self, version: int, fields: Iterable[str]) -> None:
        self.version = version
        self.fields = tuple(fields)
        differing = f" and differs in {', '.join(self.fields)}" if self.fields else ""
        super().__init__(
            "base",
            f"is not the version that stands: that is {version}{differing}",
            "read the member again, and edit that record",
        )


class ProgramChangedError(ConflictError, ValueError):
    """The store holds another programme than the one it was opened with; ``difference`` names the parts that differ."""

    def __init__(self, difference: Iterable[str]) -> None:
        self.difference = tuple(difference)
        super().__init__(
            "program",
            f"differs from the stored one in {', '.join(self.difference)}",
            "open with the stored programme, then call shop.programs.change(new, effective_from=…, migration=…)",
        )


class OutcomeUnknownError(LoyaltyError):
    """The connection was lost while committing; sending the same id again settles it."""


class MissingExtraError(LoyaltyError, ImportError):
    """An optional dependency is not installed; the way out names the extra."""

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(module, "is not installed", f"pip install 'loyaltykit[{extra}]'")
