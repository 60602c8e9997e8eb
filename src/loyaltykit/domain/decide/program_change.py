"""The effect of a new programme version on one member (``T7``): who moves, and which decisions a correction changes."""

from __future__ import annotations

from attrs import frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.decide.late import corrections_of, name_at, tier_line
from loyaltykit.domain.decide.notices import notices_of_program_change
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.tiers.standing import Standing
from loyaltykit.values import NEVER_US, Instant


@frozen
class Move:
    """A member whose tier differs under a new version.

    Args:
        at: the first instant, if nothing more is recorded.
        before: the tier by the rules before.
        after: the tier by the new rules.
    """

    at: Instant
    before: str
    after: str


def find_move(account: Account, rules: ProgramHistory) -> Move | None:
    """Return the first instant at which a member's tier differs under the newest version, up to the first check after
    it.

    Args:
        account: the member's, by the rules before.
        rules: with the new version.
    """
    start = max(rules.versions[-1].effective_from, account.member.enrolled_instant)
    one, other = account.standing, account.standing_under(rules)
    until = max(_next_check(one, start), _next_check(other, start))
    before, after = tier_line(one, until), tier_line(other, until)
    for at in sorted({start, *(at for at, _ in (*before, *after) if at > start)}):
        was, now = name_at(before, at), name_at(after, at)
        if was is not None and now is not None and was != now:
            return Move(at, was, now)
    return None


def correct_tiers(account: Account, rules: ProgramHistory) -> Decision | None:
    """Return the decision that corrects closed tier decisions by the newest version, or None.

    Args:
        account: the member's, by the rules before.
        rules: with the new version.
    """
    version = rules.versions[-1]
    cause, standing = f"program-{version.number}", account.standing_under(rules)
    corrections = corrections_of(account, standing, cause)
    if not corrections:
        return None
    notices = notices_of_program_change(account, standing, cause, version.effective_from)
    return Decision(corrections=corrections, notices=notices, changed_to=version.number)


def _next_check(standing: Standing, start: Instant) -> Instant:
    """Return when the tier in force at an instant is judged next; the instant itself if never."""
    row = (standing.rows_due(start) or [standing.row])[-1]
    ends = [row.check_at, *(grant.until for grant in row.grants)]
    return max([start, *(end for end in ends if end < NEVER_US)])
