"""Every stated limit with a call that breaks it, the error that says so and the fields that it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

import loyaltykit as lk
from loyaltykit.rules import calendar, days, line, member, months, spend, visits
from tests.support.bad_shop import BARE, NOW, PROGRAM, Shop

A_LINE: dict[str, Any] = {"amount": 1}
A_PURCHASE: dict[str, Any] = {"id": "x", "member_id": "m"}
A_RETURN: dict[str, Any] = {"id": "x", "of": "p"}


def buy(**parts: Any) -> Callable[[Shop], object]:
    return lambda shop: shop.loyalty.record(lk.Purchase(**A_PURCHASE | parts))


def buy_line(**parts: Any) -> Callable[[Shop], object]:
    return lambda shop: shop.loyalty.record(lk.Purchase(id="x", member_id="m", lines=[lk.Line(**A_LINE | parts)]))


def bring_back(**parts: Any) -> Callable[[Shop], object]:
    return lambda shop: shop.loyalty.record(lk.Return(**A_RETURN | parts))


def bring_back_line(**parts: Any) -> Callable[[Shop], object]:
    return lambda shop: shop.loyalty.record(lk.Return(id="x", of="p", lines=[lk.ReturnedLine(**parts)]))


def tell(kind: type[lk.Transaction], **parts: Any) -> Callable[[Shop], object]:
    return lambda shop: shop.loyalty.record(kind(id="x", **parts))


def redeem(**parts: Any) -> Callable[[Shop], object]:
    return lambda shop: shop.loyalty.record(lk.Redemption(id="x", member_id="m", **parts))


def use_voucher(of: str) -> Callable[[Shop], object]:
    return lambda shop: shop.loyalty.record(lk.VoucherUse(id="x", of=of))


def opened(**parts: Any) -> Callable[[Shop], object]:
    """A shop is opened with a programme in which something is changed."""
    return lambda _shop: lk.Loyalty(PROGRAM.evolve(**parts))


def ladder(*tiers: lk.Tier) -> Callable[[Shop], object]:
    return lambda _shop: lk.TierLadder(lk.Tier("all"), *tiers)


HALF: Any = 0.5
SHOE = attrgetter("shoe")
AHEAD = NOW + timedelta(minutes=5, microseconds=1)
REFUSED = lk.InvalidValueError
RULE = lk.errors.InvalidRuleError
PROGRAMME = lk.errors.InvalidProgramError

LIMITS: dict[str, tuple[Callable[[Shop], object], type[lk.LoyaltyError], list[str]]] = {
    # amounts: finite, at most 18 digits, the currency's scale; floats refused
    "an amount is a float": (buy(amount=10.0), REFUSED, ["amount"]),
    "an amount is NaN": (buy(amount=Decimal("NaN")), REFUSED, ["amount"]),
    "an amount is infinite": (buy(amount=Decimal("Infinity")), REFUSED, ["amount"]),
    "an amount has 19 digits": (buy(amount=10**18), REFUSED, ["amount"]),
    "an amount is finer than its currency": (buy(amount="0.001"), REFUSED, ["amount"]),
    "an amount is finer than its foreign currency": (buy(amount="0.5", currency="JPY", rate=1), REFUSED, ["amount"]),
    "an amount is negative": (buy(amount="-1"), REFUSED, ["amount"]),
    "a line is finer than its currency": (buy_line(amount="0.001"), REFUSED, ["lines[0].amount"]),
    "a discount is a float": (buy_line(amount=1, discount=0.5), REFUSED, ["discount"]),
    "a tax is more than its line": (buy_line(amount=1, tax=2), REFUSED, ["tax"]),
    "a payment is a float": (buy(amount=1, payments={"cash": 1.0}), REFUSED, ["payments"]),
    "a foreign currency has no rate": (buy(amount=1, currency="USD"), REFUSED, ["rate"]),
    "a rate is a float": (buy(amount=1, currency="USD", rate=1.1), REFUSED, ["rate"]),
    "a rate is zero": (buy(amount=1, currency="USD", rate=0), REFUSED, ["rate"]),
    "a returned amount is a float": (bring_back(of="single", amount=1.0), REFUSED, ["amount"]),
    "a returned amount is finer than its currency": (bring_back(of="single", amount="0.001"), REFUSED, ["amount"]),
    # lines that do not add up, negative quantities
    "lines do not add up": (buy(amount=3, lines=[lk.Line(amount=1)]), REFUSED, ["lines"]),
    "payments do not add up": (buy(amount=3, payments={"cash": 2}), REFUSED, ["payments"]),
    "a quantity is negative": (buy_line(amount=1, quantity=-1), REFUSED, ["quantity"]),
    "a returned quantity is zero": (
        bring_back_line(line=0, quantity=0),
        REFUSED,
        ["quantity"],
    ),
    # naive or future times
    "a time is naive": (buy(amount=1, occurred_at=BARE), REFUSED, ["occurred_at"]),
    "a time is ahead of the clock": (buy(amount=1, occurred_at=AHEAD), REFUSED, ["occurred_at"]),
    "an enrolment is ahead of the clock": (
        lambda s: s.loyalty.enroll(lk.Member(id="x", enrolled_at=AHEAD)),
        REFUSED,
        ["enrolled_at"],
    ),
    "an enrolment is naive": (
        lambda s: s.loyalty.enroll(lk.Member(id="x", enrolled_at=BARE)),
        REFUSED,
        ["enrolled_at"],
    ),
    "a question is naive": (lambda s: s.loyalty.balance("m", as_of=BARE), REFUSED, ["as_of"]),
    "a settlement is ahead of the clock": (lambda s: s.loyalty.settle(as_of=AHEAD), REFUSED, ["as_of"]),
    "an end of points lies before them": (
        lambda s: s.loyalty.record(
            lk.Adjustment(id="x", member_id="m", points=5, actor="a", reason="r", expires_at=NOW, occurred_at=NOW)
        ),
        REFUSED,
        ["expires_at"],
    ),
    "a purchase lies before the enrolment": (
        buy(amount=1, occurred_at=NOW - timedelta(days=101)),
        lk.NotEnrolledError,
        ["occurred_at"],
    ),
    "a question lies before the enrolment": (
        lambda s: s.loyalty.tier("m", as_of=NOW - timedelta(days=101)),
        lk.NotEnrolledError,
        ["as_of"],
    ),
    # ids
    "an id is empty": (buy(id="", amount=1), REFUSED, ["id"]),
    "an id is overlong": (buy(id="x" * 129, amount=1), REFUSED, ["id"]),
    "a member's id is empty": (lambda s: s.loyalty.enroll(lk.Member(id=" ")), REFUSED, ["id"]),
    "an id names another purchase": (buy(id="p", amount=1), lk.IdempotencyConflictError, ["id"]),
    "an id names another member": (lambda s: s.loyalty.enroll(lk.Member(id="m")), lk.IdempotencyConflictError, ["id"]),
    "a member is unknown": (buy(member_id="nobody", amount=1), lk.UnknownMemberError, ["member_id"]),
    "a member is asked for and unknown": (lambda s: s.loyalty.member("x"), lk.UnknownMemberError, ["member_id"]),
    "a purchase is unknown": (bring_back(of="nothing"), lk.errors.UnknownTransactionError, ["of"]),
    "a return is of a redemption": (bring_back(of="rd"), lk.errors.UnknownTransactionError, ["of"]),
    "a reversal is of a purchase": (
        lambda s: s.loyalty.record(lk.Reversal(id="x", of="p")),
        lk.errors.UnknownTransactionError,
        ["of"],
    ),
    # more than there is
    "more units come back than were bought": (
        bring_back_line(line=0, quantity=5),
        lk.errors.ReturnExceedsPurchaseError,
        ["lines"],
    ),
    "a line comes back that was not bought": (bring_back_line(line=2), REFUSED, ["lines"]),
    "more comes back than was paid": (
        bring_back(of="single", amount="10.01"),
        lk.errors.ReturnExceedsPurchaseError,
        ["amount"],
    ),
    "an amount comes back of several lines": (bring_back(amount=1), REFUSED, ["amount"]),
    "a return lies before its purchase": (
        bring_back(occurred_at=NOW - timedelta(days=10)),
        lk.errors.ReturnExceedsPurchaseError,
        ["occurred_at"],
    ),
    "more points are spent than there are": (
        lambda s: s.loyalty.record(lk.Redemption(id="x", member_id="m", points=41)),
        lk.InsufficientPointsError,
        ["points"],
    ),
    "more points are given back than were spent": (
        lambda s: s.loyalty.record(lk.Reversal(id="x", of="rd", points=21)),
        lk.errors.ReversalExceedsRedemptionError,
        ["points"],
    ),
    "a reversal lies before its redemption": (
        lambda s: s.loyalty.record(lk.Reversal(id="x", of="rd", occurred_at=NOW - timedelta(days=8))),
        lk.errors.ReversalExceedsRedemptionError,
        ["occurred_at"],
    ),
    # holds, activations, transfers, opening balances
    "more points are held than there are": (
        tell(lk.Hold, member_id="m", points=41),
        lk.InsufficientPointsError,
        ["points"],
    ),
    "a hold ends before it begins": (tell(lk.Hold, member_id="m", points=1, until=NOW), REFUSED, ["until"]),
    "a hold ends at a naive time": (tell(lk.Hold, member_id="m", points=1, until=BARE), REFUSED, ["until"]),
    "no points are held": (tell(lk.Hold, member_id="m", points=0), REFUSED, ["points"]),
    "more is captured than is held": (
        tell(lk.Capture, of="h", points=4),
        lk.errors.CaptureExceedsHoldError,
        ["points"],
    ),
    "a capture is of a redemption": (tell(lk.Capture, of="rd"), lk.errors.UnknownTransactionError, ["of"]),
    "a hold is captured when it is over": (tell(lk.Capture, of="over"), lk.errors.HoldEndedError, ["of"]),
    "a hold is released when it is over": (tell(lk.Release, of="over"), lk.errors.HoldEndedError, ["of"]),
    "a hold is released before it begins": (
        tell(lk.Release, of="h", occurred_at=NOW - timedelta(days=7)),
        lk.errors.HoldEndedError,
        ["occurred_at"],
    ),
    "a hold is unknown": (tell(lk.Release, of="nothing"), lk.errors.UnknownTransactionError, ["of"]),
    "an unknown purchase is activated": (tell(lk.Activation, of="nothing"), lk.errors.UnknownTransactionError, ["of"]),
    "a purchase is activated before it happens": (
        tell(lk.Activation, of="p", occurred_at=NOW - timedelta(days=10)),
        REFUSED,
        ["occurred_at"],
    ),
    "points go to nobody": (tell(lk.Transfer, member_id="m", to="nobody", points=1), lk.UnknownMemberError, ["to"]),
    "points go to their giver": (tell(lk.Transfer, member_id="m", to="m", points=1), REFUSED, ["to"]),
    "more points go than there are": (
        tell(lk.Transfer, member_id="m", to="nobody", points=41),
        lk.InsufficientPointsError,
        ["points"],
    ),
    "an opening balance is empty": (tell(lk.OpeningBalance, member_id="m", lots=[]), REFUSED, ["lots"]),
    "an opening balance is no list of lots": (tell(lk.OpeningBalance, member_id="m", lots=[5]), REFUSED, ["lots"]),
    "an opening lot has expired": (
        tell(lk.OpeningBalance, member_id="m", lots=[lk.OpeningLot(points=1, expires_at=NOW)]),
        REFUSED,
        ["expires_at"],
    ),
    "an opening lot is empty": (lambda _: lk.OpeningLot(points=0), REFUSED, ["points"]),
    "points wait for no span": (lambda _: lk.PointsPolicy(active_after="soon"), REFUSED, ["active_after"]),  # type: ignore[arg-type]
    # rewards and vouchers
    "nothing is redeemed": (redeem(), REFUSED, ["points"]),
    "points and a reward are redeemed": (redeem(points=1, reward="cup"), REFUSED, ["points"]),
    "a reward has no id": (redeem(reward=" "), REFUSED, ["reward"]),
    "a reward is unknown": (redeem(reward="boat"), lk.errors.RewardUnavailableError, ["reward"]),
    "a reward is not available yet": (redeem(reward="early"), lk.errors.RewardUnavailableError, ["reward"]),
    "a reward is no longer available": (redeem(reward="over"), lk.errors.RewardUnavailableError, ["reward"]),
    "a reward is not for this member": (redeem(reward="golden"), lk.errors.RewardUnavailableError, ["reward"]),
    "a reward is out of stock": (redeem(reward="gone"), lk.errors.RewardUnavailableError, ["reward"]),
    "a voucher is unknown": (use_voucher("nothing"), lk.errors.UnknownTransactionError, ["of"]),
    "a voucher is of a purchase": (use_voucher("p"), lk.errors.UnknownTransactionError, ["of"]),
    "a voucher is of points alone": (use_voucher("rd"), lk.errors.UnknownTransactionError, ["of"]),
    "a gift is worth money": (lambda _: lk.Reward("x", 1, value=1), REFUSED, ["rewards.x.value"]),
    "an amount off takes nothing off": (lambda _: lk.Reward("x", 1, kind="amount_off"), REFUSED, ["rewards.x.value"]),
    "a value is a float": (lambda _: lk.Reward("x", 1, kind="coupon", value=HALF), REFUSED, ["rewards.x.value"]),
    "a value is finer than the currency": (
        opened(rewards=[lk.Reward("x", 1, kind="coupon", value="0.001")]),
        PROGRAMME,
        ["rewards.x"],
    ),
    "a reward asks for rows": (
        opened(rewards=[lk.Reward("x", 1, where=line.category == "tea")]),
        PROGRAMME,
        ["rewards.x: line.category"],
    ),
    "two rewards have one id": (opened(rewards=[lk.Reward("x", 1), lk.Reward("x", 2)]), PROGRAMME, ["rewards"]),
    # what the programme does not declare
    "an event is of no declared kind": (
        lambda s: s.loyalty.record(lk.Event(id="x", member_id="m", name="like")),
        REFUSED,
        ["name"],
    ),
    "an attribute is of another type": (
        lambda s: s.loyalty.record(lk.Event(id="x", member_id="m", name="review", attributes={"stars": "5", "no": 1})),
        REFUSED,
        ["attributes.stars", "attributes.no"],
    ),
    "a member's field is not declared": (
        lambda s: s.loyalty.enroll(lk.Member(id="x", fields={"goal": "7", "shoe": 1, "note": "c"}, enrolled_at=AHEAD)),
        REFUSED,
        ["fields.goal", "fields.shoe", "fields.note", "enrolled_at"],
    ),
    "a line's field is of another type": (
        buy(lines=[lk.Line(amount=1, fields={"size": 5})], fields={"gift": 1}),
        REFUSED,
        ["fields.gift", "lines[0].fields.size"],
    ),
    # rules that name unknown fields or compare unlike types
    "a segment names an unknown field": (
        opened(segments=[lk.Segment("s", member["x"] >= 1)]),
        PROGRAMME,
        ['segments.s: member["x"]'],
    ),
    "a tier compares unlike types": (
        opened(tiers=lk.TierLadder(lk.Tier("all"), lk.Tier("gold", enter=member.age >= "old"))),
        PROGRAMME,
        ["tiers.gold.enter: member.age"],
    ),
    "a rule looks at rows out of place": (
        opened(segments=[lk.Segment("s", line.category == "tea")]),
        PROGRAMME,
        ["segments.s: line.category"],
    ),
    "a search names an unknown field": (lambda s: s.loyalty.select(member["x"] == 1), RULE, ['member["x"]']),
    "a search compares unlike types": (lambda s: s.loyalty.select(member.gender > 5), RULE, ["member.gender"]),
    "a search names an unknown segment": (lambda s: s.loyalty.select("nobody"), PROGRAMME, ["segment"]),
    "a search is no rule": (lambda s: s.loyalty.select(spend), RULE, ["who"]),  # type: ignore[arg-type]
    "a fact names an unknown field": (lambda s: s.loyalty.select("active").facts(member["x"]), RULE, ['member["x"]']),
    "a rule compares money with a float": (lambda _: spend >= HALF, RULE, ["money"]),
    "a rule has no such field": (lambda _: SHOE(member), RULE, ["shoe"]),
    "a truth value is asked of a rule": (lambda _: (spend >= 1) and (visits >= 1), RULE, ["predicate"]),
    # ladders
    "a ladder is out of order": (
        ladder(lk.Tier("gold", enter=spend >= 2), lk.Tier("silver", enter=spend >= 1)),
        PROGRAMME,
        ["tiers.silver"],
    ),
    "a ladder has two entries alike": (
        ladder(lk.Tier("silver", enter=spend >= 1), lk.Tier("gold", enter=spend >= 1)),
        PROGRAMME,
        ["tiers.gold"],
    ),
    "a ladder has two tiers of one name": (
        ladder(lk.Tier("gold", enter=spend >= 1), lk.Tier("gold", enter=spend >= 2)),
        PROGRAMME,
        ["tiers"],
    ),
    # windows
    "a window is of zero months": (lambda _: spend.over(months(0)), REFUSED, ["months"]),
    "a window is of zero days": (lambda _: spend.over(days(0)), REFUSED, ["days"]),
    "a window is no window": (lambda _: spend.over(12), RULE, ["window"]),  # type: ignore[arg-type]
    "a year starts in no month": (lambda _: calendar("year", first_month=13), RULE, ["first_month"]),
    # the shop itself
    "a storage is unknown": (lambda _: lk.Loyalty(PROGRAM, "tape://reel"), REFUSED, ["storage"]),
    "a storage is no URL": (lambda _: lk.Loyalty(PROGRAM, "tape"), REFUSED, ["storage"]),
    "a memory has no name": (lambda _: lk.Loyalty(PROGRAM, "memory://x"), REFUSED, ["storage"]),
    "a store holds another programme": (
        lambda s: lk.Loyalty(PROGRAM.evolve(name="Other"), storage=s.storage),
        lk.errors.ProgramChangedError,
        ["program"],
    ),
    "a page has no length": (lambda s: s.loyalty.select("active").page(0), REFUSED, ["limit"]),
    "a page follows no cursor": (lambda s: s.loyalty.select("active").page(1, after="x"), REFUSED, ["after"]),
    "a language is unknown": (lambda s: s.loyalty.tier("m").explain("tlh"), lk.LoyaltyError, ["language"]),  # type: ignore[arg-type]
}
