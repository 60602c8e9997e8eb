"""The naive oracle by itself: the numbers of the contract, and a few that were worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import loyaltykit as lk
from loyaltykit.calendars import Days, EndOf, Months
from loyaltykit.rules import (
    bonus,
    days,
    days_since_purchase,
    line,
    member,
    months,
    per_amount,
    purchases,
    spend,
    times,
)
from tests.oracle.oracle import Oracle
from tests.oracle.wall import Wall, shift

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def tea_house() -> lk.Program:
    """The programme of the contract."""
    in_a_year = spend.over(months(12))
    return lk.Program(
        name="Tea House Club",
        currency="CNY",
        timezone="Asia/Shanghai",
        fields=[lk.Field("favourite", str, choices=("green", "black", "herbal"))],
        accrual=[
            lk.AccrualRule("base", per_amount(points=1, every="1.00")),
            lk.AccrualRule("tea counts double", per_amount(points=1, every="1.00"), where=line.category == "tea"),
        ],
        points=lk.PointsPolicy(expire_after=months(12), on_return="allow_negative"),
        tiers=lk.TierLadder(
            lk.Tier("regular"),
            lk.Tier("silver", enter=in_a_year >= 2000, multiplier="1.2"),
            lk.Tier("gold", enter=(in_a_year >= 5000) & (purchases.over(months(12)) >= 4), multiplier="1.5"),
            valid_for=months(12),
            downgrade="one_down",
        ),
        segments=[
            lk.Segment("dormant", days_since_purchase >= 90),
            lk.Segment("tea lovers", spend.where(line.category == "tea").over(days(90)) >= 100),
            lk.Segment("women under 30", (member.gender == "female") & (member.age < 30)),
            lk.Segment("green tea drinkers", member["favourite"] == "green"),
        ],
    )


def test_contract_numbers() -> None:
    """The oracle gives every number of the contract."""
    oracle = Oracle(tea_house())
    born = date(1990, 2, 28)
    oracle.enroll(
        lk.Member(id="m-1", gender="male", birthday=born, enrolled_at=at(2025, 1, 1, 9), fields={"favourite": "green"}),
        NOW,
    )
    oracle.enroll(lk.Member(id="m-2", gender="female", birthday=date(2000, 2, 29), enrolled_at=at(2025, 1, 1, 9)), NOW)
    basket = [
        lk.Line(sku="longjing", category="tea", quantity=2, amount="300.00"),
        lk.Line(sku="cup", category="ware", quantity=1, amount="99.00"),
    ]
    first = lk.Purchase(id="o-1", member_id="m-1", occurred_at=at(2025, 1, 10, 12), channel="store", lines=basket)
    receipt = oracle.record(first, NOW)
    assert receipt.breakdown == (("base", 399, 399), ("tea counts double", 300, 300))
    assert receipt.lines == (600, 99)
    assert oracle.record(first, NOW) == receipt
    receipt = oracle.record(
        lk.Purchase(id="o-2", member_id="m-1", occurred_at=at(2025, 2, 1, 12), amount="1700.00"), NOW
    )
    assert (receipt.points, receipt.tier_before, receipt.tier_after) == (1700, "regular", "silver")
    third = lk.Purchase(id="o-3", member_id="m-1", occurred_at=at(2025, 2, 2, 12), amount="100.00")
    assert oracle.record(third, NOW).points == 120

    oracle.record(
        lk.Redemption(id="rd-1", member_id="m-1", points=500, occurred_at=at(2025, 3, 1, 10), reason="v"), NOW
    )
    assert oracle.balance("m-1", at(2025, 3, 1, 11)).available == 2019
    with pytest.raises(lk.InsufficientPointsError) as refused:
        oracle.record(lk.Redemption(id="rd-2", member_id="m-1", points=99_999, occurred_at=at(2025, 3, 1, 12)), NOW)
    assert refused.value.available == 2019
    assert (
        oracle.record(lk.Return(id="r-1", of="o-3", amount="50.00", occurred_at=at(2025, 3, 2, 12)), NOW).points == -60
    )
    assert oracle.balance("m-1", at(2025, 3, 2, 13)).available == 1959
    assert oracle.record(lk.Reversal(id="rv-1", of="rd-1", occurred_at=at(2025, 3, 3, 12)), NOW).points == 500
    balance = oracle.balance("m-1", at(2025, 3, 3, 13))
    assert balance.available == 2459
    assert [(remaining, expires_at) for _, _, remaining, _, expires_at in balance.lots] == [
        (699, at(2026, 1, 11, 0)),
        (1700, at(2026, 2, 2, 0)),
        (60, at(2026, 2, 3, 0)),
    ]
    assert oracle.balance("m-1", at(2026, 1, 11, 0)).available == 1760
    assert oracle.settle(at(2026, 1, 11, 1), NOW).expired == 699
    assert oracle.settle(at(2026, 1, 11, 1), NOW).expired == 0

    june = at(2025, 6, 1, 12)
    status = oracle.tier("m-1", june)
    assert (status.name, status.since, status.until) == ("silver", at(2025, 2, 1, 12), at(2026, 2, 2, 0))
    assert oracle.tier("m-1", at(2026, 2, 2, 0)).name == "regular"
    selected = {segment.name: oracle.select(segment.where, june) for segment in oracle.program.segments}
    assert selected == {
        "dormant": ["m-1"],
        "tea lovers": [],
        "women under 30": ["m-2"],
        "green tea drinkers": ["m-1"],
    }
    assert oracle.select(oracle.program.segment("tea lovers").where, at(2025, 3, 1, 12)) == ["m-1"]
    assert oracle.select(spend.over(months(12)) >= 2149, june) == ["m-1"]
    assert oracle.select(spend.over(months(12)) > 2149, june) == []
    rows = oracle.statement("m-1", at(2026, 1, 11, 2))
    kinds = ["accrual", "accrual", "accrual", "redemption", "clawback", "reversal", "expiry"]
    assert [row.kind for row in rows] == kinds
    assert sum(row.points for row in rows) == 1760


def club(**changes: object) -> lk.Program:
    plain = lk.Program(
        name="Club",
        currency="EUR",
        timezone="Europe/Berlin",
        accrual=[lk.AccrualRule("base", per_amount(points=1, every="1.00"))],
        points=lk.PointsPolicy(expire_after=days(10)),
    )
    return plain.evolve(**changes)


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2025, 1, number, hour, tzinfo=ZoneInfo("Europe/Berlin"))


def opened(program: lk.Program) -> Oracle:
    oracle = Oracle(program)
    oracle.enroll(lk.Member(id="m", enrolled_at=day(1, 0)), NOW)
    return oracle


def test_debt_is_repaid_by_the_next_lot() -> None:
    """A clawback of spent points is owed, and the next purchase repays it (S7, S8)."""
    oracle = opened(club())
    oracle.record(lk.Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    oracle.record(lk.Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
    assert oracle.record(lk.Return(id="r", of="p1", occurred_at=day(3)), NOW).points == -100
    assert (oracle.balance("m", day(3)).available, oracle.balance("m", day(3)).debt) == (0, 80)
    oracle.record(lk.Purchase(id="p2", member_id="m", amount="100", occurred_at=day(4)), NOW)
    assert (oracle.balance("m", day(4)).available, oracle.balance("m", day(4)).debt) == (20, 0)


def test_limit_of_debt() -> None:
    """Beyond the limit a claim is waived."""
    oracle = opened(club(points=lk.PointsPolicy(debt_limit=30)))
    oracle.record(lk.Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    oracle.record(lk.Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
    assert oracle.record(lk.Return(id="r", of="p1", occurred_at=day(3)), NOW).points == -50


def test_what_lapsed_unspent_owes_nothing() -> None:
    """A return after the lot's end finds what lapsed and asks only for the rest."""
    oracle = opened(club())
    oracle.record(lk.Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    oracle.record(lk.Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
    oracle.record(lk.Return(id="r1", of="p1", amount="15", occurred_at=day(20)), NOW)
    assert oracle.balance("m", day(20)).debt == 0
    assert oracle.record(lk.Return(id="r2", of="p1", amount="15", occurred_at=day(21)), NOW).points == -10


def test_reversal_after_expiry_lapses_again_or_extends() -> None:
    """Points given back to a dead lot lapse at once, or come as a new lot (S9)."""
    for policy, available in (("lapse", 0), (lk.extend(5), 80)):
        oracle = opened(club(points=lk.PointsPolicy(expire_after=days(10), on_reversal=policy)))
        oracle.record(lk.Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
        oracle.record(lk.Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
        oracle.record(lk.Reversal(id="v", of="x", occurred_at=day(15)), NOW)
        assert oracle.balance("m", day(15)).available == available
        rows = [(row.kind, row.points) for row in oracle.statement("m", day(16))]
        assert rows[:3] == [("accrual", 100), ("redemption", -80), ("expiry", -20)]
        assert sum(points for _, points in rows) == available
        with pytest.raises(lk.errors.ReversalExceedsRedemptionError):
            oracle.record(lk.Reversal(id="w", of="x", occurred_at=day(16)), NOW)


def test_late_redemption_corrects_a_written_expiry() -> None:
    """What was written off is reversed when a late debit had used it (T8)."""
    oracle = opened(club())
    oracle.record(lk.Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    assert oracle.settle(day(20), NOW).expired == 100
    oracle.record(lk.Redemption(id="x", member_id="m", points=30, occurred_at=day(5)), NOW)
    rows = [(row.kind, row.points) for row in oracle.statement("m", day(20))]
    assert rows == [("accrual", 100), ("redemption", -30), ("expiry", -100), ("reversal", 30)]


def test_returns_by_line_and_by_amount() -> None:
    """Claims round over all returns together, and nothing comes back twice (S6)."""
    oracle = opened(club())
    oracle.record(
        lk.Purchase(id="p", member_id="m", lines=[lk.Line(amount="10.00", quantity=3)], occurred_at=day(1)), NOW
    )
    points = [
        oracle.record(
            lk.Return(id=f"r{i}", of="p", lines=[lk.ReturnedLine(line=0, quantity=1)], occurred_at=day(2)), NOW
        ).points
        for i in range(3)
    ]
    assert points == [-4, -3, -3]
    with pytest.raises(lk.errors.ReturnExceedsPurchaseError):
        oracle.record(lk.Return(id="again", of="p", occurred_at=day(2)), NOW)


def test_order_of_earning() -> None:
    """Multiples look at plain points of matching lines; bonuses are never multiplied (S13)."""
    program = club(
        accrual=[
            lk.AccrualRule("base", per_amount(points=1, every="2.00")),
            lk.AccrualRule("welcome", bonus(5), where=purchases == 1),
            lk.AccrualRule("double tea", times(2), where=line.category == "tea"),
        ]
    )
    oracle = opened(program)
    lines = [lk.Line(amount="3.00", category="tea"), lk.Line(amount="4.00")]
    receipt = oracle.record(lk.Purchase(id="p", member_id="m", lines=lines, occurred_at=day(1)), NOW)
    assert (receipt.points, receipt.breakdown) == (10, (("base", 4, 4), ("welcome", 5, 5), ("double tea", 1, 1)))
    assert receipt.lines == (8, 2)


def test_tiers_fall_after_grace() -> None:
    """Grace keeps the tier; the fall is dated at the end of grace (T4)."""
    ladder = lk.TierLadder(
        lk.Tier("low"), lk.Tier("high", enter=spend.over(days(5)) >= 50), valid_for=days(10), grace_days=3
    )
    oracle = opened(club(tiers=ladder))
    oracle.record(lk.Purchase(id="p", member_id="m", amount="50", occurred_at=day(1)), NOW)
    assert (oracle.tier("m", day(11)).name, oracle.tier("m", day(11)).until) == ("high", day(12, 0))
    assert (oracle.tier("m", day(14)).name, oracle.tier("m", day(14)).until) == ("high", day(12, 0))
    assert (oracle.tier("m", day(15, 0)).name, oracle.tier("m", day(15)).since) == ("low", day(15, 0))
    oracle.record(lk.Purchase(id="late", member_id="m", amount="50", occurred_at=day(13)), NOW)
    assert (oracle.tier("m", day(15)).name, oracle.tier("m", day(15)).until) == ("high", day(22, 0))


def test_adjustments_and_idempotency() -> None:
    """A resent transaction changes nothing, another one under its id is a conflict (S15, S17)."""
    oracle = opened(club())
    gift = lk.Adjustment(id="a", member_id="m", points=7, actor="s", reason="sorry", occurred_at=day(3))
    first = oracle.record(gift, NOW)
    assert oracle.record(gift, NOW) == first
    assert oracle.balance("m", day(3)).lots == (("a", 7, 7, day(3), day(14, 0)),)
    with pytest.raises(lk.IdempotencyConflictError):
        oracle.record(lk.Redemption(id="a", member_id="m", points=7, occurred_at=day(4)), NOW)
    with pytest.raises(lk.NotEnrolledError):
        oracle.balance("m", day(1, 0) - timedelta(microseconds=1))


def test_calendar() -> None:
    """Months clamp, midnights that do not exist move forward, periods end where the next begins."""
    assert shift(date(2024, 1, 31), Months(1)) == date(2024, 2, 29)
    assert shift(date(2024, 2, 29), Months(12)) == date(2025, 2, 28)
    wall = Wall("America/Sao_Paulo")
    assert wall.moment(date(2018, 11, 4)) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert wall.clock(wall.moment(date(2018, 11, 4))).hour == 1
    assert wall.end_after(date(2018, 10, 31), EndOf("quarter", Days(70))) == wall.moment(date(2019, 4, 1))
