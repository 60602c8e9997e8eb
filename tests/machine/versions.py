"""The machine's hand on the rules: other versions of the programme, tiers by hand, questions about what was known."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

import loyaltykit as lk
from tests.machine.base import ASIDE, Data
from tests.machine.known import Known, look_back, remember
from tests.machine.pair import FAR, FIRED
from tests.machine.records import RecordsMachine
from tests.oracle.order import moment_of
from tests.oracle.wall import BEGINNING, MICROSECOND

NEW_NAMES = {"mid": "silver", "upper": "high", "silver": "mid", "low": "base", "high": "upper"}
"""Words for tiers that another ladder may have."""


class RulesMachine(RecordsMachine):
    """What the shop does to its rules, and by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Known] = []

    # -- versions ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.pair.world.others and len(self.pair.programs) < 5)
    @rule(data=st.data(), judges=st.sampled_from(["no", "no", "up_only", "both"]))
    def change_rules(self, data: Data, judges: str) -> None:
        """Announced, at once, or for the past, with or without a reason; perhaps in the place of what was announced."""
        self.meanwhile(data)
        self.pair.clock.advance(MICROSECOND)
        new = data.draw(st.sampled_from(self.pair.world.others), label="new")
        since = self.draw_beginning(data)
        reason = data.draw(st.sampled_from([None, "a mistake"]), label="correction") if since <= self.now else None
        if self.pair.change(new, since, self.draw_migration(data, new, since, judges), reason):
            FIRED["change_rules"] += 1
            FIRED["change corrected"] += reason is not None
        self.probes += [since, max(since - MICROSECOND, self.pair.world.start)]

    def draw_beginning(self, data: Data) -> datetime:
        """Now, some days ahead, at a boundary ahead or, for a correction, in the past."""
        ahead = [self.now, self.now + timedelta(minutes=6), self.now + timedelta(days=3), self.now + timedelta(days=20)]
        when = data.draw(st.sampled_from(["ahead", "ahead", "near", "past"]), label="when")
        if when == "ahead":
            return data.draw(st.sampled_from(ahead), label="since")
        return self.draw_moment(data, self.now if when == "past" else self.now + FAR)

    def draw_migration(self, data: Data, new: lk.Program, since: datetime, judges: str) -> lk.Migration:
        """How tiers go over to another ladder, with words for some that it lacks."""
        before = self.pair.oracle.versions.at(max(since - MICROSECOND, BEGINNING)).ladder
        names = {tier.name for tier in new.tiers}
        known = {tier.name: NEW_NAMES[tier.name] for tier in before if NEW_NAMES.get(tier.name) in names}
        some = st.sets(st.sampled_from(sorted(known)), max_size=2) if known else st.just(set[str]())
        renamed = {name: known[name] for name in sorted(data.draw(some, label="renamed"))}
        return lk.keep_until_validity_ends(renamed) if judges == "no" else lk.reevaluate(judges, renamed)

    def open_again(self, data: Data) -> None:
        """Somebody opens the shop with one of its programmes, old or new."""
        for program in self.pair.world.others:
            self.pair.open_again(program)

    # -- by hand -----------------------------------------------------------------------------------------------------

    @rule(data=st.data(), mode=st.sampled_from(["floor", "floor", "fixed"]), looking=st.booleans())
    def set_tier(self, data: Data, mode: str, looking: bool) -> None:
        """Any tier, or one that there is not, for ever, for some days, or up to where something else ends."""
        self.meanwhile(data)
        at = self.draw_past(data)
        names = [tier.name for tier in self.pair.oracle.versions.at(at or self.now).program.tiers]
        ends = [None, (at or self.now) + timedelta(days=4), self.draw_moment(data, self.now + FAR)]
        grant = lk.TierGrant(
            id=self.new_id("s"),
            member_id=self.draw_member(data),
            tier=data.draw(st.sampled_from([*names[::-1] * 2, "upper"]), label="tier"),
            mode=mode,
            until=data.draw(st.sampled_from(ends), label="until"),
            occurred_at=at,
            actor="staff",
            reason="our fault",
        )
        self.send(grant, "set_tier", looking=looking)

    @precondition(lambda self: self.recorded(lk.TierGrant))
    @rule(data=st.data())
    def end_tier(self, data: Data) -> None:
        """Mostly while it lasts; once more, too early, or when it is over."""
        self.meanwhile(data)
        grant = data.draw(st.sampled_from(self.recorded(lk.TierGrant)), label="of")
        at = self.draw_past(data, moment_of(grant))
        if grant.until is not None and data.draw(st.booleans(), label="at its end"):
            at = min(grant.until + data.draw(st.sampled_from(ASIDE), label="aside"), self.now)
        end = lk.TierGrantEnd(id=self.new_id("n"), of=grant.id, occurred_at=at, actor="staff", reason="as agreed")
        self.send(end, "end_tier")

    # -- late --------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.recorded(lk.Purchase))
    @rule(data=st.data(), how=st.sampled_from(["purchase", "low", "low", "high"]), looking=st.booleans())
    def arrive_late(self, data: Data, how: str, looking: bool) -> None:
        """Just before a purchase something happened that puts the member into another tier (``T8``)."""
        self.meanwhile(data)
        bought = self.recorded(lk.Purchase)
        if how == "low":
            received = self.pair.oracle.received
            bought = [item for item in bought if received[item.id][1].multiplier > 1] or bought
        purchase = data.draw(st.sampled_from(bought), label="before")
        before = data.draw(st.sampled_from([MICROSECOND, timedelta(hours=5), timedelta(days=2)]), label="so long")
        who = {"member_id": purchase.member_id, "occurred_at": moment_of(purchase) - before}
        if how == "purchase":
            self.send(lk.Purchase(id=self.new_id("p"), amount=self.pair.world.amounts[-1], **who), "arrive_late")
            return
        tiers = self.pair.oracle.versions.at(who["occurred_at"]).program.tiers.tiers
        tier, until = tiers[0 if how == "low" else -1].name, moment_of(purchase) + timedelta(days=3)
        by_hand = {"mode": "fixed", "until": until, "actor": "staff", "reason": "found later"}
        grant = lk.TierGrant(id=self.new_id("s"), tier=tier, **who, **by_hand)
        self.send(grant, "arrive_late", looking=looking)

    # -- what was known ----------------------------------------------------------------------------------------------

    def look_back(self, data: Data) -> None:
        """I16: what was known at an earlier moment is known still; what is known now is remembered."""
        if self.known:
            look_back(self.pair, data.draw(st.sampled_from(self.known), label="known"))
        segment = data.draw(st.sampled_from(self.pair.world.program.segments), label="segment")
        self.known.append(remember(self.pair, self.draw_moment(data, self.now + FAR), segment.name))

    def teardown(self) -> None:
        """The last things that were remembered, once more."""
        if hasattr(self, "pair"):
            for known in self.known[-2:]:
                look_back(self.pair, known)
        super().teardown()
