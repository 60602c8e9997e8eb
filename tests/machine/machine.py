"""The machine: lets a shop and the naive model live through the same story, step by step.

A step is a transaction, and what happens before it: time passes, somebody settles, asks, sends something again or
sends something wrong. After each step everything is compared, now and at other moments (``model_pair``). ``FIRED``
counts what happened over a whole run, so that a rule that never did anything is noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import loyaltykit as lk
from tests.machine.base import MEANWHILE, Data
from tests.machine.versions import RulesMachine
from tests.machine.world import World
from tests.oracle.baskets import basket, kept_after
from tests.oracle.order import moment_of

CATEGORIES = ["tea", "ware", "gift card", None]
CHANNELS = [None, "store", "web"]
NOTICES = [
    *("points.added", "points.active", "points.spent", "points.taken_back", "points.expiring"),
    *("tier.up", "tier.down", "tier.ending", "tier.corrected"),
    *("voucher.issued", "voucher.expiring", "birthday"),
]


class ShopMachine(RulesMachine):
    """What is bought and brought back, and who comes by; see ``machine_for``."""

    @rule(data=st.data(), channel=st.sampled_from(CHANNELS), looking=st.booleans())
    def buy(self, data: Data, channel: str | None, looking: bool) -> None:
        self.meanwhile(data)
        purchase = lk.Purchase(
            id=self.new_id("p"),
            member_id=self.draw_member(data),
            occurred_at=self.draw_past(data, early=True),
            channel=channel,
            **self.draw_basket(data),
        )
        self.send(purchase, "buy", looking=looking)

    @precondition(lambda self: self.rich)
    @rule(data=st.data(), extra=st.sampled_from([0, 0, 0, 1]), part=st.sampled_from([1, 2, 3]), looking=st.booleans())
    def pay_with_points(self, data: Data, extra: int, part: int, looking: bool) -> None:
        """Some or all of the points that there are, or one more, for some or all of the goods."""
        self.meanwhile(data)
        debit, parts = self.draw_debit(data, part, extra), self.draw_basket(data)
        cost = sum((line.amount for line in parts.get("lines", ())), Decimal(parts.get("amount", 0)))
        value = data.draw(st.sampled_from([cost, min(cost, Decimal(1)), Decimal("0.001")]), label="value")
        if cost:
            payment = lk.PointsPayment(points=debit.pop("points"), value=min(value, cost))
            purchase = lk.Purchase(id=self.new_id("p"), paid_with=payment, **debit, **parts)
            self.send(purchase, "pay_with_points", looking=looking)

    def draw_basket(self, data: Data) -> dict[str, Any]:
        """An amount, or lines, perhaps with a voucher, perhaps in a foreign currency."""
        how = data.draw(st.sampled_from(["amount", "lines", "lines", "voucher", "foreign"]), label="how")
        if how == "foreign" and self.pair.world.foreign is not None:
            currency, rate = self.pair.world.foreign
            lines = data.draw(st.lists(self.lines(("0.03", "1.00", "12.34")), min_size=1, max_size=2), label="lines")
            return {"lines": lines, "currency": currency, "rate": data.draw(st.sampled_from([rate, rate, rate, None]))}
        if how == "amount":
            return {"amount": data.draw(st.sampled_from(self.pair.world.amounts), label="amount")}
        lines = data.draw(st.lists(self.lines(self.pair.world.amounts), min_size=1, max_size=3), label="lines")
        total = sum(line.amount for line in lines)
        if how == "voucher" and total >= 7:
            return {"lines": lines, "payments": {"voucher": 7, "cash": total - 7}}
        return {"lines": lines}

    def lines(self, amounts: tuple[str, ...]) -> st.SearchStrategy[lk.Line]:
        """Lines whose parts do not come out even, given away, taxed, with a discount, without units."""
        taxed = [lk.Line(amount=amounts[-1], category="tea", quantity=7, tax=amounts[0]), lk.Line(amount=0)]
        some = st.builds(
            lk.Line,
            amount=st.sampled_from(amounts),
            category=st.sampled_from(CATEGORIES),
            quantity=st.sampled_from([1, 2, 3, 0]),
            discount=st.sampled_from(["0", "0", amounts[0]]),
        )
        return some | some | st.sampled_from(taxed)

    @precondition(lambda self: self.recorded(lk.Purchase))
    @rule(data=st.data(), looking=st.booleans())
    def bring_back(self, data: Data, looking: bool) -> None:
        self.meanwhile(data)
        purchase = data.draw(st.sampled_from(self.recorded(lk.Purchase)), label="of")
        part = self.draw_part(data, purchase)
        at = self.draw_past(data, moment_of(purchase))
        self.send(lk.Return(id=self.new_id("r"), of=purchase.id, occurred_at=at, **part), "bring_back", looking=looking)

    def draw_part(self, data: Data, purchase: lk.Purchase) -> dict[str, Any]:
        """Mostly what is there to bring back, sometimes more, sometimes what makes no sense."""
        returns = [item for item in self.recorded(lk.Return) if item.of == purchase.id][::-1]
        lines = len(basket(purchase))
        version = self.pair.oracle.store.version_of(purchase)
        kept = [line for line in kept_after(version, purchase, returns) if line.quantity]
        how = data.draw(st.sampled_from(["all", "units", "units", "units", "amount", "amount", "none"]), label="how")
        if how == "units" and kept:
            line = data.draw(st.sampled_from(kept), label="line")
            units = data.draw(st.sampled_from([1, 1, 1, line.quantity, None]), label="units")
            return {"lines": [lk.ReturnedLine(line=line.bought.position, quantity=units)]}
        if how == "amount" and (lines == 1 or data.draw(st.integers(0, 3)) == 0):
            return {"amount": data.draw(st.sampled_from(["0.01", "1", "1.50", "10", "0.005"]), label="amount")}
        if how == "none":
            return {"lines": [lk.ReturnedLine(line=data.draw(st.integers(0, lines), label="line"), quantity=2)]}
        return {}

    @rule(data=st.data(), stars=st.sampled_from([None, None, {}, {"stars": 1}, {"stars": 5}]))
    def show_up(self, data: Data, stars: dict[str, object] | None) -> None:
        """A visit, or a review."""
        self.meanwhile(data)
        who: dict[str, Any] = {"member_id": self.draw_member(data), "occurred_at": self.draw_past(data, early=True)}
        if stars is None:
            self.send(lk.Visit(id=self.new_id("v"), **who), "show_up")
        else:
            self.send(lk.Event(id=self.new_id("e"), name="review", attributes=stars, **who), "show_up")

    @precondition(lambda self: "referral" in {kind.name for kind in self.pair.world.program.events})
    @rule(data=st.data(), who=st.sampled_from(["m-0", "m-0", "m-1"]))
    def refer(self, data: Data, who: str) -> None:
        """One brings the other; nobody while there is none."""
        self.meanwhile(data)
        other = "m-1" if who == "m-0" else "m-0"
        at = self.draw_past(data)
        event = lk.Event(id=self.new_id("f"), name="referral", member_id=who, other_member_id=other, occurred_at=at)
        self.send(event, "refer", looking=True)


def machine_for(
    world: World | None, storage: Callable[[], Any] = lambda: "memory://", *, merging: bool = False
) -> type[ShopMachine]:
    """The machine on one programme, or on any, and one kind of storage; the factory gives an empty one each time.

    With ``merging``, its two members become one.
    """
    return type("Machine", (ShopMachine,), {"world": world, "storage": staticmethod(storage), "merging": merging})


def expected_to_fire() -> set[str]:
    """Every rule of the machine, every error it must meet, every rare thing it must see."""
    rules = {item.function.__name__ for item in ShopMachine.setup_state().rules}
    errors = {
        "CaptureExceedsHoldError",
        "ChangeInThePastError",
        "HoldEndedError",
        "IdempotencyConflictError",
        "InsufficientPointsError",
        "InvalidValueError",
        "NotActiveError",
        "NotEnrolledError",
        "ProgramChangedError",
        "ReturnExceedsPurchaseError",
        "StaleEditError",
        "ReversalExceedsRedemptionError",
        "RewardUnavailableError",
        "TierGrantEndedError",
        "TooLateError",
        "UnknownMemberError",
        "UnknownTransactionError",
        "UnmergeRefusedError",
        "VoucherNotUsableError",
    }
    rare = {
        "a tier by hand shows",
        "before the enrolment",
        "change corrected",
        "decided again",
        "decided again by a correction",
        "looked back",
        "opened again",
        "edited",
        *(f"notice {kind}" for kind in NOTICES),
        "restated down",
        "restated up",
        "somebody moves",
        "debt",
        "held",
        "pending",
        "unmerge after more",
        "points back",
        "voucher cancelled",
        "voucher expired",
        "voucher issued",
        "voucher used",
        "I5",
        "I22",
        "grace",
        "expiry written",
        "expiry corrected",
        "tier change written",
        "a cap cut something",
        "an achievement was given",
        "a friend got a share",
        "a streak was rewarded",
    }
    return rules | {"merge", "unmerge"} | set(MEANWHILE) | errors | rare
