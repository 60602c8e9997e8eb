"""What members are told, when, and under which id (S21, I24)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.rules import days, end_of, months, spend
from tests.support.stories import MICROSECOND, START, Story, at, club, day

LADDER = lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=spend.over(days(30)) >= 100), valid_for=days(20))
SILENT: dict[str, Any] = dict.fromkeys(
    "points_added points_active points_spent points_taken_back tier_up tier_down voucher_issued".split(), False
)


def telling(program: lk.Program | None = None, **wanted: Any) -> Story:
    """A story in which only some notices are wanted."""
    return Story((program or club()).evolve(notices=lk.NoticePolicy(**SILENT | wanted)))


def run(story: Story, when: datetime) -> list[tuple[str, str, object]]:
    """What a run up to an instant tells: ids, dates and data."""
    return [(notice.id, notice.occurred_at.isoformat(), dict(notice.data)) for notice in news(story, when)]


def news(story: Story, when: datetime) -> tuple[lk.Notice, ...]:
    return story.shop.settle(as_of=when).notices


def kinds(receipt: lk.Receipt) -> list[tuple[str, object]]:
    return [(notice.id, notice.data["points"]) for notice in receipt.notices]


# -- at once -----------------------------------------------------------------------------------------------------------


def test_s21_nothing_is_told_without_an_outbox() -> None:
    """S21: a programme without notices tells nothing, and settles nothing for their sake."""
    story = Story()
    assert story.buy("p", day(0)).notices == ()
    assert story.shop.settle(as_of=day(5)).members == 0
    assert story.shop.outbox.due() == ()


def test_s21_points_that_come_and_go() -> None:
    """S21: each kind of points has one notice for a transaction, with the transaction's id in its own."""
    story = Story(club(notices=lk.NoticePolicy()))
    assert kinds(story.buy("p", day(0))) == [("points.added:p", 100)]
    assert kinds(story.spend("x", day(1), 60)) == [("points.spent:x", 60)]
    assert kinds(story.undo("u", "x", day(2), 20)) == [("points.added:u", 20)]
    assert kinds(story.bring_back("r", "p", day(3))) == [("points.taken_back:r", 100)]
    assert kinds(story.adjust("a", day(4), 90)) == [("points.added:a", 90)]
    assert kinds(story.adjust("b", day(5), -5)) == [("points.taken_back:b", 5)]
    assert kinds(story.hold("h", day(5), 10)) == []
    assert kinds(story.capture("c", "h", day(6))) == [("points.spent:c", 10)]
    lots = [lk.OpeningLot(points=3), lk.OpeningLot(points=4)]
    opening = lk.OpeningBalance(id="o", member_id="m", lots=lots, occurred_at=day(7))
    assert kinds(story.shop.record(opening)) == [("points.added:o", 7)]
    payment = lk.PointsPayment(points=7, value="5")
    assert kinds(story.buy("q", day(8), 50, paid_with=payment)) == [("points.spent:q", 7), ("points.added:q", 45)]
    assert story.shop.storage.verify() == []


def test_s21_a_visit_without_points_is_no_news() -> None:
    """S21: where no points came or went, nothing is told."""
    assert Story(club(notices=lk.NoticePolicy())).visit("v", day(0)).notices == ()


def test_s21_what_a_notice_holds() -> None:
    """S21: the cause, the posting's kind and plain numbers; nothing of the member but the id."""
    receipt = Story(club(notices=lk.NoticePolicy())).buy("p", day(0))
    data = {"cause": "p", "posting": "accrual", "points": 100, "pending": 0}
    assert receipt.notices == (
        lk.Notice(id="points.added:p", kind="points.added", member_id="m", occurred_at=day(0), data=data),
    )


def test_s21_a_transfer_tells_both() -> None:
    """S21, S16: the giver on the receipt, the receiver in the outbox; their ids differ."""
    story = Story(club(notices=lk.NoticePolicy()))
    story.shop.enroll(lk.Member(id="n", enrolled_at=START))
    story.buy("p", day(0))
    given = story.shop.record(lk.Transfer(id="t", member_id="m", to="n", points=30, occurred_at=day(1)))
    assert kinds(given) == [("points.spent:t", 30)]
    waiting = [(notice.id, notice.member_id) for notice in story.shop.outbox.due()]
    assert waiting == [("points.added:p", "m"), ("points.spent:t", "m"), ("points.added:t:n", "n")]


@pytest.mark.parametrize("flag", ["points_added", "points_spent", "points_taken_back"])
def test_s21_only_what_is_wanted(flag: str) -> None:
    """S21: each flag lets its own kind through."""
    wanted: dict[str, Any] = {flag: True}
    story = telling(**wanted)
    story.buy("p", day(0))
    story.spend("x", day(1), 60)
    story.bring_back("r", "p", day(2))
    assert {notice.kind.replace(".", "_") for notice in story.shop.outbox.due()} == {flag}


def test_s21_an_expiry_is_no_debit_of_the_member() -> None:
    """S21: written expiries and what corrects them are bookkeeping; the member was told before the end."""
    story = telling(points_added=True, points_taken_back=True, points_spent=True)
    story.buy("p", day(0))
    assert news(story, day(20)) == ()
    late = story.spend("x", day(1), 60)
    assert kinds(late) == [("points.spent:x", 60)]
    assert ("reversal", 60) in story.rows()


def test_s21_a_referral_tells_both() -> None:
    """S21, S20: what one event gives to two members is two notices with ids of their own."""
    friend = lk.Achievement("a friend", 20, on="referral", other_points=10)
    story = Story(club(notices=lk.NoticePolicy(), achievements=[friend], events=[lk.EventType("referral")]))
    story.shop.enroll(lk.Member(id="n", enrolled_at=START))
    event = lk.Event(id="e", member_id="m", name="referral", other_member_id="n", occurred_at=day(1))
    assert kinds(story.shop.record(event)) == [("points.added:e", 20)]
    waiting = [(notice.id, notice.member_id, notice.data["points"]) for notice in story.shop.outbox.due()]
    assert waiting == [("points.added:e", "m", 20), ("points.added:e:n", "n", 10)]


# -- active ------------------------------------------------------------------------------------------------------------

WAITING = club(points=lk.PointsPolicy(active_after=days(5), expire_after=days(10)))


def test_s21_points_become_active_by_date() -> None:
    """S21, S5: told by the first run after their day, with what is left of them, dated as that day."""
    story = telling(WAITING, points_active=True, points_added=True)
    assert story.buy("p", day(0)).notices[0].data["pending"] == 100
    active = at(2024, 1, 7)
    assert news(story, active - MICROSECOND) == ()
    story.spend("x", day(7), 30)
    expires = at(2024, 1, 12).isoformat()
    assert run(story, day(8)) == [
        ("points.active:p", active.isoformat(), {"lot": "p", "points": 70, "expires_at": expires})
    ]
    assert news(story, day(9)) == ()


def test_s21_points_spent_before_the_run_are_not_told() -> None:
    """S21: nobody waits for points that are gone; those that were never active are not called so."""
    story = telling(WAITING, points_active=True)
    story.buy("p", day(0))
    story.spend("x", day(7), 100)
    story.buy("q", day(8))
    story.bring_back("r", "q", day(9))
    assert news(story, day(40)) == ()
    pending = telling(club(points=lk.PointsPolicy(active_after="activation", expire_after=days(5))), points_active=True)
    pending.buy("p", day(0))
    assert news(pending, day(40)) == ()


def test_s21_an_activation_tells_at_once() -> None:
    """S21, S5: on its receipt, and no run tells it again."""
    story = telling(WAITING, points_active=True)
    story.buy("p", day(0))
    receipt = story.activate("d", "p", day(1))
    assert [(notice.id, notice.occurred_at) for notice in receipt.notices] == [("points.active:p", day(1))]
    assert news(story, day(9)) == ()
    assert story.activate("e", "p", day(2)).notices == ()


def test_s21_points_that_repay_a_debt_are_not_active() -> None:
    """S21, S8: what an activation turns into a repayment cannot be spent."""
    debts = club(points=lk.PointsPolicy(active_after="activation"))
    story = telling(debts, points_active=True)
    story.adjust("a", day(0), -100)
    story.buy("p", day(1))
    assert story.activate("d", "p", day(2)).notices == ()
    assert story.places(day(3)) == (0, 0, 0, 0)


# -- expiring ----------------------------------------------------------------------------------------------------------


def test_s21_points_expire_within_so_many_days() -> None:
    """S21, S3: told from the day that lies so many days before their last one, once."""
    story = telling(points_expiring_days=3)
    story.buy("p", day(0))
    story.spend("x", day(1), 40)
    end, first = at(2024, 1, 12), at(2024, 1, 8)
    assert news(story, first - MICROSECOND) == ()
    told = run(story, first)
    assert told == [
        (
            f"points.expiring:p:{int(end.timestamp()) * 1_000_000}",
            end.isoformat(),
            {"lot": "p", "points": 60, "expires_at": end.isoformat()},
        )
    ]
    assert run(story, first + timedelta(days=2)) == []


def test_s21_a_missed_run_tells_what_has_passed() -> None:
    """S21: a run that comes after the end tells it all the same, under the same id."""
    on_time, late = telling(points_expiring_days=3), telling(points_expiring_days=3)
    for story in (on_time, late):
        story.buy("p", day(0))
        story.buy("q", day(1))
        story.spend("x", day(2), 100)
    assert [notice.id for notice in news(on_time, day(9))] == [notice.id for notice in news(late, day(300))] != []


def test_s21_points_given_back_expire_too() -> None:
    """S21, S9: a run that finds them spent tells nothing; one after they came back does."""
    story = telling(points_expiring_days=3)
    story.buy("p", day(0))
    story.spend("x", day(1), 100)
    story.undo("u", "x", day(9, 18), 30)
    assert news(story, day(9)) == ()
    assert [notice.data["points"] for notice in news(story, day(10))] == [30]


def test_s21_an_end_put_off_is_another_notice() -> None:
    """S21, S3: activity puts the end off; the new end is new news."""
    story = telling(club(points=lk.PointsPolicy(expire_after=lk.inactivity(days(6)))), points_expiring_days=2)
    story.buy("p", day(0))
    first = news(story, day(5))
    story.buy("q", day(6))
    again = news(story, day(12))
    assert [notice.data["lot"] for notice in (*first, *again)] == ["p", "p", "q"]
    assert len({notice.id for notice in (*first, *again)}) == 3


def test_s21_lots_of_one_cause_have_ids_of_their_own() -> None:
    """S21, S22: each lot of an opening balance has its own notice, and every id can be printed."""
    story = telling(points_expiring_days=0)
    ends = [at(2024, 2, 1), at(2024, 2, 1), at(2024, 3, 1)]
    lots = [lk.OpeningLot(points=5, expires_at=end) for end in ends]
    story.shop.record(lk.OpeningBalance(id="o", member_id="m", lots=lots, occurred_at=day(0)))
    told = [notice.id for notice in news(story, day(90))]
    assert len(set(told)) == 3
    assert all(id.isprintable() for id in told)


def test_s21_points_without_an_end_never_expire() -> None:
    """S21: there is nothing to tell about them; nor about points that came after their end."""
    story = telling(club(points=lk.PointsPolicy()), points_expiring_days=3_660)
    story.buy("p", day(0))
    assert news(story, day(3_000)) == ()
    dead = telling(club(points=lk.PointsPolicy(expire_after=date(2023, 12, 1))), points_expiring_days=5)
    dead.buy("p", day(0))
    assert news(dead, day(5)) == ()


def test_s21_what_lies_ahead_of_the_run_is_not_told() -> None:
    """S21: a run up to a day in the past knows nothing of lots that came later."""
    story = telling(WAITING, points_expiring_days=30, points_active=True)
    story.buy("p", day(20))
    assert news(story, day(10)) == ()


# -- tiers -------------------------------------------------------------------------------------------------------------

CLIMBING = club(tiers=LADDER)


def test_s21_tiers_up_and_down() -> None:
    """S21, T3, T4: up on the receipt of what crossed, down by the check, dated as it was due."""
    story = telling(CLIMBING, tier_up=True, tier_down=True)
    (up,) = story.buy("p", day(0)).notices
    assert (up.kind, up.occurred_at, up.data["tier_before"], up.data["tier_after"]) == (
        "tier.up",
        day(0),
        "low",
        "high",
    )
    fall = at(2024, 2, 11)
    assert up.data["until"] == at(2024, 1, 22).isoformat()
    (down,) = news(story, day(60))
    assert (down.kind, down.occurred_at, down.data["until"]) == ("tier.down", fall, None)


def test_s21_a_check_written_with_a_transaction_tells_too() -> None:
    """S21, T10: whatever writes the fall down tells it, under the same id."""
    by_run, by_visit = telling(CLIMBING, tier_down=True), telling(CLIMBING, tier_down=True)
    for story in (by_run, by_visit):
        story.buy("p", day(0))
    told = by_visit.visit("v", day(60)).notices
    assert told == news(by_run, day(60)) != ()
    assert news(by_visit, day(61)) == ()


def test_s21_a_tier_of_no_duration_is_not_told() -> None:
    """S21, T6, T12: two tiers set by hand that end together are one change, however many decisions that takes."""
    story = telling(CLIMBING, tier_up=True, tier_down=True, tier_ending_days=3)
    story.buy("p", day(0))
    by_hand: dict[str, Any] = {"member_id": "m", "mode": "fixed", "actor": "staff", "reason": "our fault"}
    for id, tier, since in (("s2", "low", 1), ("s1", "high", 2)):
        story.shop.record(lk.TierGrant(id=id, tier=tier, occurred_at=day(since), until=day(5), **by_hand))
    assert news(story, day(4)) == news(story, day(6)) == ()


@pytest.mark.parametrize(("wanted", "count"), [({"tier_up": True}, 1), ({"tier_down": True}, 1), ({}, 0)])
def test_i24_a_tier_decided_again_is_corrected(wanted: dict[str, Any], count: int) -> None:
    """I24, T8: a late purchase keeps a tier that was told to have ended; one notice more says so."""
    story = telling(CLIMBING, **wanted)
    story.buy("p", day(0))
    news(story, day(60))
    late = story.buy("q", day(20)).notices
    assert [notice.id for notice in late] == ["tier.corrected:q"] * count
    if late:
        since = day(0).isoformat()
        assert dict(late[0].data) == {"tier_before": "low", "tier_after": "high", "cause": "q", "since": since}
    assert story.shop.storage.verify() == []


def test_i24_nothing_is_corrected_where_nothing_changed() -> None:
    """I24: a late purchase that moves no tier is no news, nor is one that only a check written beside it moves."""
    story = telling(CLIMBING, tier_up=True, tier_down=True)
    story.buy("p", day(0))
    fall = story.spend("x", day(60), 1) if story.available(day(60)) else story.adjust("a", day(60), 5)
    assert [notice.kind for notice in fall.notices] == ["tier.down"]
    assert story.buy("q", day(1), 10).notices == ()
    assert news(story, day(70)) == ()


def test_s21_a_tier_about_to_fall() -> None:
    """S21, T4: told from so many days before its last one, unless the check would keep it as things stand."""
    told, kept = telling(CLIMBING, tier_ending_days=4), telling(CLIMBING, tier_ending_days=4)
    for story in (told, kept):
        story.buy("p", day(0))
    kept.buy("q", day(25))
    fall, first = at(2024, 2, 11), at(2024, 2, 6)
    assert news(told, first - MICROSECOND) == ()
    (ending,) = news(told, first)
    assert (ending.occurred_at, ending.data["ends_at"]) == (fall, fall.isoformat())
    assert (ending.data["tier_before"], ending.data["tier_after"]) == ("high", "low")
    assert news(told, fall) == ()
    assert news(kept, fall) == ()


def test_s21_a_fall_that_passed_between_runs_is_told() -> None:
    """S21: the missed run's notice comes with the next one, under the same id; T9's falls come unannounced."""
    on_time, late = telling(CLIMBING, tier_ending_days=4), telling(CLIMBING, tier_ending_days=4)
    for story in (on_time, late):
        story.buy("p", day(0))
    late.visit("v", day(60))
    assert [notice.id for notice in news(on_time, day(38))] == [notice.id for notice in news(late, day(61))] != []
    at_once = telling(
        club(tiers=lk.TierLadder(*LADDER, on_return="immediately", valid_for=months(12))), tier_ending_days=4
    )
    at_once.buy("p", day(0))
    at_once.bring_back("r", "p", day(1))
    assert news(at_once, day(50)) == ()


# -- vouchers ----------------------------------------------------------------------------------------------------------

GIVING = club(points=lk.PointsPolicy(), rewards=[lk.Reward("cup", 10, valid_for=days(6)), lk.Reward("pot", 10)])


def redeem(story: Story, id: str, reward: str) -> lk.Receipt:
    return story.shop.record(lk.Redemption(id=id, member_id="m", reward=reward, occurred_at=day(1)))


def test_s21_a_voucher_is_issued() -> None:
    """S21, S24: told on the receipt; using it is no news."""
    story = telling(GIVING, voucher_issued=True)
    story.buy("p", day(0))
    (issued,) = redeem(story, "c", "cup").notices
    until = at(2024, 1, 9).isoformat()
    assert (issued.id, dict(issued.data)) == (
        "voucher.issued:c",
        {"voucher": "c", "reward": "cup", "valid_until": until},
    )
    assert redeem(story, "d", "pot").notices[0].data["valid_until"] is None
    assert story.shop.record(lk.VoucherUse(id="u", of="c", occurred_at=day(2))).notices == ()
    assert story.undo("w", "d", day(3)).notices == ()


def test_s21_a_voucher_expires_within_so_many_days() -> None:
    """S21, S24: told once, from so many days before its last one; never of one that was used, or has no end."""
    story = telling(GIVING, voucher_expiring_days=2)
    story.buy("p", day(0))
    for id, reward in (("c", "cup"), ("used", "cup"), ("pot", "pot")):
        redeem(story, id, reward)
    story.shop.record(lk.VoucherUse(id="u", of="used", occurred_at=day(4)))
    first = at(2024, 1, 6)
    assert news(story, day(0)) == news(story, first - MICROSECOND) == ()
    (expiring,) = news(story, first)
    assert (expiring.data["voucher"], expiring.occurred_at) == ("c", at(2024, 1, 9))
    assert news(story, day(50)) == ()


# -- birthdays ---------------------------------------------------------------------------------------------------------


def born(birthday: lk.Birthday | None, enrolled: datetime, **changes: Any) -> Story:
    program = club(notices=lk.NoticePolicy(**SILENT | {"birthday_days": 7}), **changes)
    story = Story(program, enrolled=enrolled)
    story.shop.enroll(lk.Member(id="b", birthday=birthday, enrolled_at=enrolled))
    return story


def test_s21_a_birthday_within_so_many_days() -> None:
    """S21: one a year, from the first after the enrolment on, over the end of the year; the date itself is not told."""
    story = born(lk.Birthday(1, 3, 1990), at(2024, 1, 4))
    first = at(2024, 12, 27)
    assert news(story, first - MICROSECOND) == ()
    (told,) = news(story, first)
    assert (told.id, told.member_id, told.occurred_at, dict(told.data)) == (
        "birthday:b:2025",
        "b",
        first,
        {"year": 2025},
    )
    assert news(story, at(2025, 1, 3)) == ()
    assert [notice.id for notice in news(story, at(2027, 6, 1))] == ["birthday:b:2026", "birthday:b:2027"]


def test_s21_enrolled_on_the_birthday() -> None:
    """S21: the birthday on the day of the enrolment counts, the day before does not."""
    assert [notice.id for notice in news(born(lk.Birthday(1, 4), at(2024, 1, 4, 9)), day(9))] == ["birthday:b:2024"]
    assert news(born(lk.Birthday(1, 3), at(2024, 1, 4, 9)), day(9)) == ()
    assert news(born(None, START), day(400)) == ()


@pytest.mark.parametrize(("observed", "first"), [("02-28", at(2025, 2, 21)), ("03-01", at(2025, 2, 22))])
def test_c3_a_birthday_of_29_february_is_told_once_a_year(observed: str, first: datetime) -> None:
    """C3: never skipped, never twice, whichever day the programme observes."""
    story = born(lk.Birthday(2, 29), at(2024, 3, 5), birthday_29_february=observed)
    assert news(story, first - MICROSECOND) == ()
    assert [notice.id for notice in news(story, first)] == ["birthday:b:2025"]
    told = [notice.id for notice in news(story, at(2033, 1, 1))]
    assert told == [f"birthday:b:{year}" for year in range(2026, 2033)]


class Drifting:
    """A calendar whose days come eleven days earlier each year, as lunar ones do."""

    def observed(self, year: int, month: int, day: int) -> date:
        return date(2024, month, day) + timedelta(days=354 * (year - 2024))


def test_c4_a_lunar_birthday_may_come_twice_in_a_solar_year() -> None:
    """C4: each year of the birthday's own calendar has one, also when one solar year holds two."""
    lk.register_calendar("drifting", Drifting())
    story = born(lk.Birthday(1, 5, calendar="drifting"), START)
    assert [notice.id for notice in news(story, at(2024, 12, 31))] == ["birthday:b:2024", "birthday:b:2025"]


# -- together ----------------------------------------------------------------------------------------------------------


def test_s21_settled_for_notices_alone() -> None:
    """S21, I12: a run that only tells is recorded, counted, and follows from the facts."""
    story = born(lk.Birthday(1, 5), START, points=lk.PointsPolicy(expire_after=end_of("year")))
    run_of = story.shop.settle(as_of=day(2))
    assert (run_of.members, len(run_of.notices)) == (1, 1)
    assert story.shop.settle(as_of=day(2)).members == 0
    assert story.shop.storage.verify() == []


def test_i16_a_repeated_transaction_tells_the_same() -> None:
    """I9, S15: the same receipt with the same notices, and the outbox has them once."""
    story = Story(club(notices=lk.NoticePolicy()))
    first = story.buy("p", day(0))
    assert story.buy("p", day(0)) == first
    assert list(story.shop.outbox.due()) == list(first.notices)


def test_c2_a_quote_tells_what_would_be_told() -> None:
    """C2: the same notices, and none of them in the outbox."""
    story = Story(club(notices=lk.NoticePolicy()))
    purchase = lk.Purchase(id="p", member_id="m", amount=100, occurred_at=day(0))
    quoted = story.shop.quote(purchase)
    assert story.shop.outbox.due() == ()
    assert quoted.notices == story.shop.record(purchase).notices != ()
