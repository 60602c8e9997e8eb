"""The naive model by itself: the numbers of the contract, and a few that were worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyaltykit.calendars import Days, EndOf, Months
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.points import AccrualRule, PointsPolicy, extend
from loyaltykit.domain.program.program import Program, Segment
from loyaltykit.domain.program.tiers import Tier, TierLadder
from loyaltykit.domain.transactions import (
    Adjustment,
    Line,
    Purchase,
    Redemption,
    Return,
    ReturnedLine,
    Reversal,
)
from loyaltykit.errors import (
    IdempotencyConflictError,
    InsufficientPointsError,
    NotEnrolledError,
    ReturnExceedsPurchaseError,
    ReversalExceedsRedemptionError,
)
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
from loyaltykit.rules.fields import Field
from tests.model import Model
from tests.model_time import Wall, shift

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def tea_house() -> Program:
    """The programme of the contract."""
    in_a_year = spend.over(months(12))
    return Program(
        name="Tea House Club",
        currency="CNY",
        timezone="Asia/Shanghai",
        fields=[Field("favourite", str, choices=("green", "black", "herbal"))],
        accrual=[
            AccrualRule("base", per_amount(points=1, every="1.00")),
            AccrualRule("tea counts double", per_amount(points=1, every="1.00"), where=line.category == "tea"),
        ],
        points=PointsPolicy(expire_after=months(12), on_return="allow_negative"),
        tiers=TierLadder(
            Tier("regular"),
            Tier("silver", enter=in_a_year >= 2000, multiplier="1.2"),
            Tier("gold", enter=(in_a_year >= 5000) & (purchases.over(months(12)) >= 4), multiplier="1.5"),
            valid_for=months(12),
            downgrade="one_down",
        ),
        segments=[
            Segment("dormant", days_since_purchase >= 90),
            Segment("tea lovers", spend.where(line.category == "tea").over(days(90)) >= 100),
            Segment("women under 30", (member.gender == "female") & (member.age < 30)),
            Segment("green tea drinkers", member["favourite"] == "green"),
        ],
    )


def test_contract_numbers() -> None:
    """The model gives every number of the contract."""
    model = Model(tea_house())
    born = date(1990, 2, 28)
    model.enroll(
        Member(id="m-1", gender="male", birthday=born, enrolled_at=at(2025, 1, 1, 9), fields={"favourite": "green"}),
        NOW,
    )
    model.enroll(Member(id="m-2", gender="female", birthday=date(2000, 2, 29), enrolled_at=at(2025, 1, 1, 9)), NOW)
    basket = [
        Line(sku="longjing", category="tea", quantity=2, amount="300.00"),
        Line(sku="cup", category="ware", quantity=1, amount="99.00"),
    ]
    first = Purchase(id="o-1", member_id="m-1", occurred_at=at(2025, 1, 10, 12), channel="store", lines=basket)
    receipt = model.record(first, NOW)
    assert receipt.breakdown == (("base", 399, 399), ("tea counts double", 300, 300))
    assert receipt.lines == (600, 99)
    assert model.record(first, NOW) == receipt
    receipt = model.record(Purchase(id="o-2", member_id="m-1", occurred_at=at(2025, 2, 1, 12), amount="1700.00"), NOW)
    assert (receipt.points, receipt.tier_before, receipt.tier_after) == (1700, "regular", "silver")
    third = Purchase(id="o-3", member_id="m-1", occurred_at=at(2025, 2, 2, 12), amount="100.00")
    assert model.record(third, NOW).points == 120

    model.record(Redemption(id="rd-1", member_id="m-1", points=500, occurred_at=at(2025, 3, 1, 10), reason="v"), NOW)
    assert model.balance("m-1", at(2025, 3, 1, 11)).available == 2019
    with pytest.raises(InsufficientPointsError) as refused:
        model.record(Redemption(id="rd-2", member_id="m-1", points=99_999, occurred_at=at(2025, 3, 1, 12)), NOW)
    assert refused.value.available == 2019
    assert model.record(Return(id="r-1", of="o-3", amount="50.00", occurred_at=at(2025, 3, 2, 12)), NOW).points == -60
    assert model.balance("m-1", at(2025, 3, 2, 13)).available == 1959
    assert model.record(Reversal(id="rv-1", of="rd-1", occurred_at=at(2025, 3, 3, 12)), NOW).points == 500
    balance = model.balance("m-1", at(2025, 3, 3, 13))
    assert balance.available == 2459
    assert [(remaining, expires_at) for _, _, remaining, _, expires_at in balance.lots] == [
        (699, at(2026, 1, 11, 0)),
        (1700, at(2026, 2, 2, 0)),
        (60, at(2026, 2, 3, 0)),
    ]
    assert model.balance("m-1", at(2026, 1, 11, 0)).available == 1760
    assert model.settle(at(2026, 1, 11, 1), NOW) == 699
    assert model.settle(at(2026, 1, 11, 1), NOW) == 0

    june = at(2025, 6, 1, 12)
    status = model.tier("m-1", june)
    assert (status.name, status.since, status.until) == ("silver", at(2025, 2, 1, 12), at(2026, 2, 2, 0))
    assert model.tier("m-1", at(2026, 2, 2, 0)).name == "regular"
    selected = {segment.name: model.select(segment.where, june) for segment in model.program.segments}
    assert selected == {
        "dormant": ["m-1"],
        "tea lovers": [],
        "women under 30": ["m-2"],
        "green tea drinkers": ["m-1"],
    }
    assert model.select(model.program.segment("tea lovers").where, at(2025, 3, 1, 12)) == ["m-1"]
    assert model.select(spend.over(months(12)) >= 2149, june) == ["m-1"]
    assert model.select(spend.over(months(12)) > 2149, june) == []
    rows = model.statement("m-1", at(2026, 1, 11, 2))
    kinds = ["accrual", "accrual", "accrual", "redemption", "clawback", "reversal", "expiry"]
    assert [row.kind for row in rows] == kinds
    assert sum(row.points for row in rows) == 1760


def club(**changes: object) -> Program:
    plain = Program(
        name="Club",
        currency="EUR",
        timezone="Europe/Berlin",
        accrual=[AccrualRule("base", per_amount(points=1, every="1.00"))],
        points=PointsPolicy(expire_after=days(10)),
    )
    return plain.evolve(**changes)


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2025, 1, number, hour, tzinfo=ZoneInfo("Europe/Berlin"))


def opened(program: Program) -> Model:
    model = Model(program)
    model.enroll(Member(id="m", enrolled_at=day(1, 0)), NOW)
    return model


def test_debt_is_repaid_by_the_next_lot() -> None:
    """A clawback of spent points is owed, and the next purchase repays it (S7, S8)."""
    model = opened(club())
    model.record(Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    model.record(Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
    assert model.record(Return(id="r", of="p1", occurred_at=day(3)), NOW).points == -100
    assert (model.balance("m", day(3)).available, model.balance("m", day(3)).debt) == (0, 80)
    model.record(Purchase(id="p2", member_id="m", amount="100", occurred_at=day(4)), NOW)
    assert (model.balance("m", day(4)).available, model.balance("m", day(4)).debt) == (20, 0)


def test_limit_of_debt() -> None:
    """Beyond the limit a claim is waived."""
    model = opened(club(points=PointsPolicy(debt_limit=30)))
    model.record(Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    model.record(Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
    assert model.record(Return(id="r", of="p1", occurred_at=day(3)), NOW).points == -50


def test_what_lapsed_unspent_owes_nothing() -> None:
    """A return after the lot's end finds what lapsed and asks only for the rest."""
    model = opened(club())
    model.record(Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    model.record(Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
    model.record(Return(id="r1", of="p1", amount="15", occurred_at=day(20)), NOW)
    assert model.balance("m", day(20)).debt == 0
    assert model.record(Return(id="r2", of="p1", amount="15", occurred_at=day(21)), NOW).points == -10


def test_reversal_after_expiry_lapses_again_or_extends() -> None:
    """Points given back to a dead lot lapse at once, or come as a new lot (S9)."""
    for policy, available in (("lapse", 0), (extend(5), 80)):
        model = opened(club(points=PointsPolicy(expire_after=days(10), on_reversal=policy)))
        model.record(Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
        model.record(Redemption(id="x", member_id="m", points=80, occurred_at=day(2)), NOW)
        model.record(Reversal(id="v", of="x", occurred_at=day(15)), NOW)
        assert model.balance("m", day(15)).available == available
        rows = [(row.kind, row.points) for row in model.statement("m", day(16))]
        assert rows[:3] == [("accrual", 100), ("redemption", -80), ("expiry", -20)]
        assert sum(points for _, points in rows) == available
        with pytest.raises(ReversalExceedsRedemptionError):
            model.record(Reversal(id="w", of="x", occurred_at=day(16)), NOW)


def test_late_redemption_corrects_a_written_expiry() -> None:
    """What was written off is reversed when a late debit had used it (T8)."""
    model = opened(club())
    model.record(Purchase(id="p1", member_id="m", amount="100", occurred_at=day(1)), NOW)
    assert model.settle(day(20), NOW) == 100
    model.record(Redemption(id="x", member_id="m", points=30, occurred_at=day(5)), NOW)
    rows = [(row.kind, row.points) for row in model.statement("m", day(20))]
    assert rows == [("accrual", 100), ("redemption", -30), ("expiry", -100), ("reversal", 30)]


def test_returns_by_line_and_by_amount() -> None:
    """Claims round over all returns together, and nothing comes back twice (S6)."""
    model = opened(club())
    model.record(Purchase(id="p", member_id="m", lines=[Line(amount="10.00", quantity=3)], occurred_at=day(1)), NOW)
    points = [
        model.record(
            Return(id=f"r{i}", of="p", lines=[ReturnedLine(line=0, quantity=1)], occurred_at=day(2)), NOW
        ).points
        for i in range(3)
    ]
    assert points == [-4, -3, -3]
    with pytest.raises(ReturnExceedsPurchaseError):
        model.record(Return(id="again", of="p", occurred_at=day(2)), NOW)


def test_order_of_earning() -> None:
    """Multiples look at plain points of matching lines; bonuses are never multiplied (S13)."""
    program = club(
        accrual=[
            AccrualRule("base", per_amount(points=1, every="2.00")),
            AccrualRule("welcome", bonus(5), where=purchases == 1),
            AccrualRule("double tea", times(2), where=line.category == "tea"),
        ]
    )
    model = opened(program)
    lines = [Line(amount="3.00", category="tea"), Line(amount="4.00")]
    receipt = model.record(Purchase(id="p", member_id="m", lines=lines, occurred_at=day(1)), NOW)
    assert (receipt.points, receipt.breakdown) == (10, (("base", 4, 4), ("welcome", 5, 5), ("double tea", 1, 1)))
    assert receipt.lines == (8, 2)


def test_tiers_fall_after_grace() -> None:
    """Grace keeps the tier; the fall is dated at the end of grace (T4)."""
    ladder = TierLadder(Tier("low"), Tier("high", enter=spend.over(days(5)) >= 50), valid_for=days(10), grace_days=3)
    model = opened(club(tiers=ladder))
    model.record(Purchase(id="p", member_id="m", amount="50", occurred_at=day(1)), NOW)
    assert (model.tier("m", day(11)).name, model.tier("m", day(11)).until) == ("high", day(12, 0))
    assert (model.tier("m", day(14)).name, model.tier("m", day(14)).until) == ("high", day(12, 0))
    assert (model.tier("m", day(15, 0)).name, model.tier("m", day(15)).since) == ("low", day(15, 0))
    model.record(Purchase(id="late", member_id="m", amount="50", occurred_at=day(13)), NOW)
    assert (model.tier("m", day(15)).name, model.tier("m", day(15)).until) == ("high", day(22, 0))


def test_adjustments_and_idempotency() -> None:
    """A resent transaction changes nothing, another one under its id is a conflict (S15, S17)."""
    model = opened(club())
    gift = Adjustment(id="a", member_id="m", points=7, actor="s", reason="sorry", occurred_at=day(3))
    first = model.record(gift, NOW)
    assert model.record(gift, NOW) == first
    assert model.balance("m", day(3)).lots == (("a", 7, 7, day(3), day(14, 0)),)
    with pytest.raises(IdempotencyConflictError):
        model.record(Redemption(id="a", member_id="m", points=7, occurred_at=day(4)), NOW)
    with pytest.raises(NotEnrolledError):
        model.balance("m", day(1, 0) - timedelta(microseconds=1))


def test_calendar() -> None:
    """Months clamp, midnights that do not exist move forward, periods end where the next begins."""
    assert shift(date(2024, 1, 31), Months(1)) == date(2024, 2, 29)
    assert shift(date(2024, 2, 29), Months(12)) == date(2025, 2, 28)
    wall = Wall("America/Sao_Paulo")
    assert wall.moment(date(2018, 11, 4)) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert wall.clock(wall.moment(date(2018, 11, 4))).hour == 1
    assert wall.end_after(date(2018, 10, 31), EndOf("quarter", Days(70))) == wall.moment(date(2019, 4, 1))
