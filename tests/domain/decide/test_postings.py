"""Postings as they are written: one cause each, and corrected where late facts change them (S1, S2, I8, I17)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.ledger.entries import Movement, Posting
from loyaltykit.rules import days, spend
from loyaltykit.values import to_instant
from tests.support.stories import FEW, LATE, PROGRAMS, Story, accepted, at, club, day, happenings, policy


def entries(story: Story) -> list[Movement | Posting]:
    """All that was written for ``m``, in the order of recording; of one transaction the movements come first."""
    with story.storage.snapshot() as snapshot:
        decisions = [record.decision for record in snapshot.records("m")]
    return [entry for decision in decisions for entry in (*decision.movements, *decision.postings)]


def postings(story: Story) -> list[Posting]:
    """Everything written for ``m``, in the order of recording."""
    return [entry for entry in entries(story) if isinstance(entry, Posting)]


@FEW
@given(program=st.sampled_from(PROGRAMS), told=happenings())
def test_s1_every_posting_names_one_cause(program: lk.Program, told: list[lk.Transaction]) -> None:
    """S1: a posting's cause is the recorded transaction behind it, an expiry's the lot; the version stands there."""
    story = Story(program)
    known = {transaction.id for transaction in accepted(story.shop, told)}
    story.shop.settle(as_of=LATE)
    for posting in postings(story):
        assert posting.cause.partition("\x1f")[0] in known, "several lots of one cause have ids made from it"
        assert posting.points != 0
        assert posting.version == 1
        assert (posting.lapse is not None) == (posting.kind == "expiry") or posting.kind == "reversal"


def test_s1_the_multiplier_is_stored() -> None:
    """S1, S6: an accrual and what claims it back carry the multiplier they were made with."""
    ladder = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend >= 100, multiplier="1.5"))
    story = Story(club(tiers=ladder))
    story.buy("a", day(0))
    story.buy("b", day(1))
    story.bring_back("r", "b", day(2), amount=10)
    story.spend("x", day(3), 5)
    story.adjust("t", day(3), 5)
    assert [(posting.kind, posting.points, posting.multiplier) for posting in postings(story)] == [
        ("accrual", 100, Decimal(1)),
        ("accrual", 150, Decimal("1.5")),
        ("clawback", -15, Decimal("1.5")),
        ("redemption", -5, None),
        ("adjustment", 5, None),
    ]


def test_s2_allocations_are_stored() -> None:
    """S2: a debit records which lots it took from and how much, a repayment which debt it is for and its date."""
    story = Story()
    story.buy("a", day(0), 30)
    story.buy("b", day(1), 30)
    story.spend("x", day(2), 50)
    story.bring_back("r", "a", day(3))
    story.buy("c", day(4), 30)
    stored = [
        [(item.lot, item.points, item.at, item.repays) for item in posting.allocations] for posting in postings(story)
    ]
    when = [to_instant(day(n)) for n in range(5)]
    assert stored == [
        [],
        [],
        [("a", 30, when[2], None), ("b", 20, when[2], None)],
        [("b", 10, when[3], None)],
        [("c", 20, when[4], "r")],
    ]


def test_i8_late_debits_correct_what_was_written() -> None:
    """I8, S2, T8: a late redemption of points that were written off is followed by a reversal of the difference."""
    story = Story()
    story.buy("a", day(0))
    story.shop.settle(as_of=day(30))
    story.spend("x", day(5), 30)
    rows = story.shop.statement("m", as_of=day(30))
    assert [(row.kind, row.points, row.cause, row.occurred_at) for row in rows[2:]] == [
        ("expiry", -100, "a", at(2024, 1, 12)),
        ("reversal", 30, "x", at(2024, 1, 12)),
    ]
    assert story.shop.settle(as_of=day(31)).expired_points == 0
    assert story.shop.storage.verify() == []


def test_i8_late_credits_are_written_off_by_the_next_settlement() -> None:
    """I8: a purchase that arrives after its points lapsed leaves nothing but one more expiry to write."""
    story = Story()
    story.buy("a", day(0))
    assert story.shop.settle(as_of=day(30)).expired_points == 100
    story.buy("b", day(1), 70)
    story.spend("x", day(2), 20)
    assert story.available(day(30)) == 0
    assert story.shop.settle(as_of=day(30)).expired_points == 70
    assert sum(points for _, points in story.rows(day(30))) == 0


def test_i8_inactivity_that_did_not_happen_is_taken_back() -> None:
    """I8, T8: late activity that lets a lot live takes back the expiry that was written."""
    story = Story(policy(expire_after=lk.inactivity(days(10))))
    story.buy("a", day(0), 50)
    story.buy("c", day(15), 50)
    assert story.shop.settle(as_of=day(16)).expired_points == 50
    story.buy("b", day(8), 50)
    assert story.available(day(16)) == 150
    assert sum(points for _, points in story.rows(day(16))) == 150
    assert story.shop.settle(as_of=day(16)).expired_points == 0
    assert story.shop.settle(as_of=day(40)).expired_points == 150
    assert story.available(day(40)) == sum(points for _, points in story.rows(day(40))) == 0
    assert story.shop.storage.verify() == []
