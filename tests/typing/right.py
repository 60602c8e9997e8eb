"""Right uses of the library: no type checker reports anything here."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import loyaltykit as lk
from loyaltykit.rules import Amount, bonus, days, line, member, months, per_amount, spend, times

PARIS = ZoneInfo("Europe/Paris")
noon = datetime(2025, 3, 1, 12, tzinfo=PARIS)
favourite = lk.Field("favourite", str, choices=("green", "black"))


def rules() -> Iterator[lk.AccrualRule]:
    """Yield rules: any iterable is fine where a programme has several."""
    yield lk.AccrualRule("base", per_amount(points=1, every="1.00"))
    yield lk.AccrualRule("double", times(2), where=line.category == "tea", valid_from=noon)
    yield lk.AccrualRule("welcome", bonus(50))


def line_of(amount: Amount) -> lk.Line:
    """Return a line of any amount that the library takes."""
    return lk.Line(sku="tea", amount=amount, tax="0.10", fields={"size": "L"})


program = lk.Program(
    name="Club",
    currency="EUR",
    timezone=PARIS,
    fields=[favourite],
    accrual=rules(),
    points=lk.PointsPolicy(expire_after=months(12), on_return="allow_negative", caps=[lk.Cap(100, per="day")]),
    tiers=lk.TierLadder(
        lk.Tier("member"), lk.Tier("gold", enter=spend.over(months(12)) >= 5000, multiplier=Decimal("1.5"))
    ),
    segments=(lk.Segment("young", (member.age < 30) & (member[favourite] == "green")),),
    rewards=[lk.Reward("pot", 800, value="5.00", kind="coupon", valid_for=days(90))],
)
stricter = program.evolve(
    tiers=program.tiers.replace("gold", multiplier="1.2").evolve(grace_days=30), accrual=[*rules()], timezone="UTC"
)
person = lk.Member(id="m-1", birthday=date(1990, 2, 28), tags=["vip"], contacts=[lk.Contact("phone", "+33612345678")])
renamed = person.evolve(name="Li", tags={"vip", "press"}, fields={"favourite": "green"})

with lk.Loyalty(program) as shop:
    shop.enroll(person)
    receipt = shop.record(
        lk.Purchase(
            id="o-1",
            member_id="m-1",
            occurred_at=noon,
            lines=[line_of(5), line_of("2.50"), line_of(Decimal(3))],
            payments={"card": "10.50"},
        )
    )
    points: int = receipt.points
    shop.record(lk.Return(id="r-1", of="o-1", lines=(lk.ReturnedLine(line=0),)))
    shop.record(lk.OpeningBalance(id="b-1", member_id="m-1", lots=[lk.OpeningLot(points=5)]))
    try:
        shop.record(lk.Redemption(id="rd-1", member_id="m-1", points=500))
    except lk.InsufficientPointsError as error:
        available: int = error.available
        code: str = error.code
    except lk.InvalidValueError as error:
        told = [problem.describe("zh") for problem in error.problems]
