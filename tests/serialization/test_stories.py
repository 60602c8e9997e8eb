"""What a shop really answers is plain: it goes through JSON, pickle and a set, also when the shop is closed."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.serialization import from_wire, to_wire
from tests.stories import FEW, LATE, PROGRAMS, Story, day, happenings


def answers_of(story: Story, told: Sequence[lk.Transaction]) -> Iterator[Any]:
    """Every answer that a shop gives about a story, and every error."""
    shop = story.shop
    yield shop.ingest(told[::2])
    for transaction in told:
        try:
            yield shop.quote(transaction)
            yield shop.record(transaction)
        except lk.LoyaltyError as error:
            yield error
    for when in (day(0), day(30), LATE):
        yield shop.balance("m", as_of=when)
        yield shop.tier("m", as_of=when)
        yield shop.programs.liability(as_of=when)
    yield shop.statement("m")
    yield shop.transactions.list("m")
    yield from (shop.transactions.get(item.transaction.id) for item in shop.transactions.since().items)
    yield from shop.transactions.holds("m")
    yield from shop.vouchers("m")
    yield from shop.members.history("m")
    yield shop.members.tiers("m")
    yield shop.members.match()
    yield shop.members.quality()
    yield shop.programs.simulate(PROGRAMS[0].evolve(rewards=[]))
    yield from shop.programs.history()
    with suppress(lk.LoyaltyError):
        yield shop.programs.preview(PROGRAMS[1], effective_from=LATE)
    yield shop.storage.reconcile({"m": 5, "n": 1})
    yield shop.settle(as_of=day(40))
    yield from shop.outbox.due()


@given(program=st.sampled_from(PROGRAMS), told=happenings())
@FEW
def test_every_answer_of_a_story_is_plain(program: lk.Program, told: list[lk.Transaction]) -> None:
    """From JSON and from a pickle it comes back equal, with an equal hash (``I28``)."""
    for answer in answers_of(Story(program), told):
        copies = [lk.from_json(type(answer), lk.to_json(answer)), pickle.loads(pickle.dumps(answer))]
        assert copies == [answer, answer]
        assert {*copies, answer} == {answer}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_tier_explains_itself_without_its_shop(language: Any) -> None:
    """After JSON and after a pickle, with titles of declared fields, when the shop is long closed (``T11``)."""
    program = PROGRAMS[0].evolve(
        fields=[lk.Field("height", int, title="Height", title_zh="身高"), lk.Field("other", int)],
        tiers=lk.TierLadder(lk.Tier("low"), lk.Tier("high", enter=lk.rules.member["height"] > 180)),
    )
    story = Story(program)
    story.shop.members.update(story.shop.member("m").evolve(fields={"height": 170}), id="e", actor="a")
    status = story.shop.tier("m")
    told = status.explain(language)
    story.shop.close()
    assert {"en": "Height", "zh": "身高"}[language] in told
    assert pickle.loads(pickle.dumps(status)).explain(language) == told
    twin = lk.from_json(lk.TierStatus, lk.to_json(status))
    assert twin.explain(language) == told
    assert twin.next is not None
    assert [*twin.next.explanation.scope.member] == ["height"]


def test_the_lots_of_a_balance_are_those_of_its_moment() -> None:
    """They come with it: what is recorded later does not change them, and they can be read when the shop is closed."""
    story = Story()
    story.buy("a", day(1))
    balance = story.shop.balance("m", as_of=day(2))
    story.spend("rd", day(2), 40)
    story.shop.close()
    assert [(lot.id, lot.remaining) for lot in balance.lots] == [("a", 100)]


def test_only_live_lots_are_viewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """``balance`` costs what is alive: lots that were spent or have expired are not looked at."""
    from loyaltykit.domain.ledger.states import LotState

    story = Story()
    for number in range(300):
        story.buy(f"o-{number:03}", day(number))
    story.shop.settle(as_of=day(300))
    looked_at: list[str] = []
    monkeypatch.setattr(LotState, "is_alive", lambda self, _at: looked_at.append(self.lot.id))
    assert len(story.shop.balance("m", as_of=day(300)).lots) == 10
    assert len(looked_at) < 20


def test_a_member_comes_back_with_what_it_holds() -> None:
    """Sets of texts, dates and numbers among the declared values (``I28``)."""
    held = {"drinks": ("coffee", "tea"), "since": date(2020, 1, 1), "n": 3, "vip": True}
    member = lk.Member(id="m", phone="+8613800138000", fields=held)
    twin = from_wire(to_wire(member), lk.Member)
    assert twin == member
    assert (twin.phone, dict(twin.fields)) == (member.phone, held)
