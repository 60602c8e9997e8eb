"""Every error of loyaltykit, in one tree.

The families say what to do next: a *refused* call wrote nothing and the same call would be refused again; a *conflict*
was not applied either, but something else stands in its place; an *unknown outcome* is settled by sending the same id
again.

    LoyaltyError
    ├── RefusedError                        nothing was written
    │   ├── InvalidValueError (ValueError)      a value with all its problems at once
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
    │   ├── ChangeInThePastError (ValueError)       a change of rules that is not a declared correction
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
from decimal import Decimal

from loyaltykit.problems import InvalidRuleError, InvalidValueError, LoyaltyError, Problem, RefusedError

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

# Tracebacks and pickles name the public module.
for _public in (InvalidRuleError, InvalidValueError, LoyaltyError, RefusedError):
    _public.__module__ = __name__


class InvalidProgramError(InvalidValueError):
    """A programme that contradicts itself: tiers out of order, two rules of one name, a rule that fails its check."""

    code = "invalid_program"


class UnknownMemberError(RefusedError, LookupError):
    """No member has this id."""

    code = "unknown_member"

    def __init__(self, field: str = "member_id") -> None:
        super().__init__(field, "names no member", "enroll the member first")


class UnknownTransactionError(RefusedError, LookupError):
    """A transaction that follows another names one that was never recorded, or one of another kind.

    ``kind`` is what should have been named, ``found`` what was; None when nothing of that id was recorded.
    """

    code = "unknown_transaction"

    def __init__(self, field: str, kind: str, found: str | None = None) -> None:
        reason, way_out = f"names no recorded {kind}", f"record the {kind} first, then send this again"
        if found is not None:
            reason, way_out = f"names a {found} and not a {kind}", _followed_by(found, kind)
        super().__init__(field, reason, way_out)
        self.kind = kind
        self.found = found


def _followed_by(found: str, kind: str) -> str:
    following = _FOLLOWING.get(found)
    return f"pass the id of a {kind}" if following is None else f"follow a {found} with {following}"


_FOLLOWING = {
    "purchase": "a Return",
    "redemption": "a Reversal",
    "capture": "a Reversal",
    "hold": "a Capture or a Release",
    "tier grant": "a TierGrantEnd",
}
"""What undoes or ends a transaction of a kind."""


class NotEnrolledError(RefusedError, LookupError):
    """The instant is before the member's enrolment (``T10``)."""

    code = "not_enrolled"

    def __init__(self, field: str) -> None:
        super().__init__(field, "is before the member's enrolment", "use an instant from enrolled_at on")


class NotActiveError(RefusedError, ValueError):
    """The member's record is pending and this would spend, or it is closed and this would be something new.

    ``status`` is that of the record at the date of what was passed.
    """

    code = "not_active"

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

    code = "insufficient_points"

    def __init__(self, *, available: int, requested: int) -> None:
        super().__init__("points", f"asks for {requested} where {available} can be spent", "ask for no more than that")
        self.available = available
        self.requested = requested


class ReturnExceedsPurchaseError(RefusedError, ValueError):
    """A return asks for more than is still kept of the purchase, or is dated before it (``S6``).

    ``line`` is the position of the line that is meant, from 0; ``requested`` is how much of it should come back and
    ``kept`` how much of it can: whole units, or money where the return has an amount. None where it is not about that.
    """

    code = "return_exceeds_purchase"

    def __init__(
        self,
        field: str,
        reason: str,
        way_out: str,
        *,
        line: int | None = None,
        requested: int | Decimal | None = None,
        kept: int | Decimal | None = None,
    ) -> None:
        super().__init__(field, reason, way_out)
        self.line = line
        self.requested = requested
        self.kept = kept


class ReversalExceedsRedemptionError(RefusedError, ValueError):
    """The reversals of a redemption together exceed it, or one is dated before it (``S9``).

    ``requested`` points should be given back, and ``left`` can be; None where it is not about that.
    """

    code = "reversal_exceeds_redemption"

    def __init__(
        self, field: str, reason: str, way_out: str, *, requested: int | None = None, left: int | None = None
    ) -> None:
        super().__init__(field, reason, way_out)
        self.requested = requested
        self.left = left


class HoldEndedError(RefusedError, ValueError):
    """A capture or a release of a hold that was captured, released or timed out, or one dated before it (``S19``)."""

    code = "hold_ended"


class CaptureExceedsHoldError(RefusedError, ValueError):
    """A capture asks for more than is held (``S19``); ``held`` and ``requested`` are points."""

    code = "capture_exceeds_hold"

    def __init__(self, *, held: int, requested: int) -> None:
        super().__init__("points", f"asks for {requested} where {held} are held", "capture no more than was held")
        self.held = held
        self.requested = requested


class RewardUnavailableError(RefusedError, ValueError):
    """A reward that the programme lacks, or that this member cannot have at that date (``S24``).

    The reason says which: unknown, not available yet or any more, not for this member, had too often, out of stock.
    """

    code = "reward_unavailable"

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__("reward", reason, way_out)


class VoucherNotUsableError(RefusedError, ValueError):
    """A voucher was used or cancelled, has expired, or is used before it was issued (``S24``)."""

    code = "voucher_not_usable"


class UnmergeRefusedError(RefusedError, ValueError):
    """A merge that cannot be undone exactly, or no merge at all (``S23``).

    ``postings`` are the ids of what has tied the two sides together since: redemptions, holds, returns and others that
    took from a lot of the other side, or credits that repaid its debt. Empty when nothing was merged.
    """

    code = "unmerge_refused"

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

    code = "table"

    def __init__(self, reason: str, way_out: str, row: int | None = None, column: str | None = None) -> None:
        places = [f"row {row}" if row else "", f"column {column}" if column else ""]
        super().__init__(", ".join(["file", *filter(None, places)]), reason, way_out)
        self.row = row
        self.column = column


class TierGrantEndedError(RefusedError, ValueError):
    """The end of a tier set by hand that has ended, or one dated before the tier was set (``T6``)."""

    code = "tier_grant_ended"


class TooLateError(RefusedError, ValueError):
    """It happened more days ago than the programme accepts (``T8``); ``limit_days`` is how many."""

    code = "too_late"

    def __init__(self, limit_days: int) -> None:
        super().__init__(
            "occurred_at",
            f"is more than {limit_days} days ago",
            "record an Adjustment, or raise limit_days by a change of the programme",
        )
        self.limit_days = limit_days


class ChangeInThePastError(RefusedError, ValueError):
    """A change of the programme from before something that is recorded, without a correction (``T7``)."""

    code = "change_in_the_past"

    def __init__(self) -> None:
        super().__init__(
            "effective_from",
            "is at or before something that is recorded",
            'choose a later instant, or declare a correction: pass correction="why"',
        )


class ClosedError(RefusedError, ValueError):
    """The shop was closed."""

    code = "closed"

    def __init__(self) -> None:
        super().__init__("loyalty", "is closed", "open a new Loyalty")


class ConflictError(LoyaltyError):
    """Known not to be applied: something else stands in its place."""

    code = "conflict"


class IdempotencyConflictError(ConflictError, ValueError):
    """The id was used before with other content (``S15``); nothing was changed."""

    code = "idempotency_conflict"

    def __init__(self, field: str = "id") -> None:
        super().__init__(field, "was recorded before with other content", "use a new id, or send the first content")


class StaleEditError(ConflictError, ValueError):
    """A record was changed since it was read for editing; nothing was changed.

    ``version`` is the number of the version that stands, ``fields`` names the parts in which it differs from the one
    that the edit was made on. No value is shown.
    """

    code = "stale_edit"

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
    """The store has another programme than the one it was opened with; ``difference`` names the parts that differ."""

    code = "program_changed"

    def __init__(self, difference: Iterable[str]) -> None:
        self.difference = tuple(difference)
        super().__init__(
            "program",
            f"differs from the stored one in {', '.join(self.difference)}",
            "open with the stored programme, then call shop.programs.change(new, effective_from=…, migration=…)",
        )


class OutcomeUnknownError(LoyaltyError):
    """The connection was lost during the commit: send the same id again."""

    code = "outcome_unknown"


class MissingExtraError(LoyaltyError, ImportError):
    """An optional dependency is not installed; the way out names the extra."""

    code = "missing_extra"

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(module, "is not installed", f"pip install 'loyaltykit[{extra}]'")
        self.module = module
        self.extra = extra
