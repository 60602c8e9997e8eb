"""What a programme says of facts that arrive late (``T8``)."""

from __future__ import annotations

from attrs import frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import raise_problems
from loyaltykit.errors import Problem
from loyaltykit.serialization import wire_name

_MAX_DAYS = 36_500


@named_arguments
@wire_name("late_policy")
@frozen(kw_only=True)
class LatePolicy:
    """The policy of what is accepted late, and what it changes.

    Args:
        limit_days: what happened more days ago than this is refused as it arrives; None for no limit.
        before_enrolment_days: how many days before the day of the enrolment purchases, returns, visits and events may
            lie; 0 refuses them.
        restate: whether points of later purchases are put right where a late fact changes their multiplier.

    >>> LatePolicy(limit_days=30).restate
    False
    """

    limit_days: int | None = None
    before_enrolment_days: int = 0
    restate: bool = False

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if self.limit_days is not None:
            _check_days(self.limit_days, "limit_days", problems)
        _check_days(self.before_enrolment_days, "before_enrolment_days", problems)
        if not isinstance(self.restate, bool):
            problems.append(Problem("restate", "is not True or False", "pass a bool"))
        raise_problems(problems)


def _check_days(value: object, name: str, problems: list[Problem]) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_DAYS:
        problems.append(Problem(name, f"is not a number from 0 to {_MAX_DAYS}", "pass whole days"))
