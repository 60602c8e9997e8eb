"""Reading back what was recorded: transactions, their receipts, lists, the feed of a warehouse, and open holds."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.answers import OpenHold, RecordedTransaction, TransactionPage
from tests.support.stories import FEW, LATE, PROGRAMS, START, Story, accepted, at, club, day, happenings

BY: dict[str, Any] = {"actor": "a", "reason": "r"}


def write_and_fail(story: Story) -> None:
    """A unit of work that is undone."""
    with story.storage.unit() as unit:
        story.shop._runtime.write(unit, lk.Visit(id="v", member_id="m", occurred_at=day(2)), story.shop._runtime.now())
        raise ConnectionError


def two() -> Story:
    """A second member ``n``, with a purchase of each."""
    story = Story()
    story.shop.enroll(lk.Member(id="n", enrolled_at=START))
    story.shop.record(lk.Purchase(id="n-1", member_id="n", amount=5, occurred_at=day(3)))
    story.buy("m-1", day(1))
    return story


def listed(shop: lk.Loyalty, member_id: str, limit: int = 50, **chosen: Any) -> list[RecordedTransaction]:
    """All pages of a list, one after the other."""
    page = shop.transactions.list(member_id, limit=limit, **chosen)
    items = [*page.items]
    while page.next is not None:
        assert len(page.items) == limit
        page = shop.transactions.list(member_id, limit=limit, after=page.next, **chosen)
        items += page.items
    return items


def ids(items: Any) -> list[str]:
    return [item.transaction.id for item in items]


class TestGet:
    """`get` and `receipt`."""

    def test_what_was_sent_is_read_back_as_resolved(self) -> None:
        """C5: with its date filled in, when it was recorded, whose it is and its number among that member's."""
        story = Story()
        sent = lk.Adjustment(id="a", member_id="m", points=5, **BY)
        receipt = story.shop.record(sent)
        story.clock.advance(timedelta(hours=1))
        story.bring_back("r", story.buy("b", day(1)).id, day(2))
        found = story.shop.transactions.get("a")
        assert found.transaction == lk.Adjustment(id="a", member_id="m", points=5, occurred_at=LATE, **BY)
        assert (found.member_id, found.recorded_at, found.number) == ("m", LATE, 1)
        assert story.shop.transactions.receipt("a") == receipt
        of_return = story.shop.transactions.get("r")
        assert (of_return.member_id, of_return.number, of_return.recorded_at) == ("m", 3, LATE + timedelta(hours=1))
        assert str(of_return.recorded_at.tzinfo) == "Europe/Berlin"

    def test_an_edit_is_read_back_with_what_it_changed(self) -> None:
        """Decision 0024: what differs was worked out when it was recorded."""
        story = Story()
        story.shop.members.update(lk.Member(id="m", name="Li"), id="e", actor="a")
        found = story.shop.transactions.get("e").transaction
        assert isinstance(found, lk.MemberEdit)
        assert [(change.field, change.new) for change in found.changes] == [("name", "Li")]

    @pytest.mark.parametrize("id", ["unknown", "", None, 7, ["a"]])
    def test_what_was_never_recorded(self, id: Any) -> None:
        """I31: an id of nothing, and what is not an id."""
        for ask in (Story().shop.transactions.get, Story().shop.transactions.receipt):
            with pytest.raises(lk.errors.UnknownTransactionError):
                ask(id)

    def test_answers_are_values(self) -> None:
        """Answers are hashable and survive pickle."""
        story = two()
        story.hold("h", day(2), 5)
        for answer in (
            story.shop.transactions.get("m-1"),
            story.shop.transactions.list("m", limit=1),
            story.shop.transactions.since(),
            story.shop.transactions.holds("m"),
        ):
            assert pickle.loads(pickle.dumps(answer)) == answer
            assert hash(answer) == hash(pickle.loads(pickle.dumps(answer)))


class TestList:
    """`list`."""

    def test_a_list_is_in_the_order_of_what_happened(self) -> None:
        """T12: by business time, whatever was recorded first; settlements are not transactions."""
        story = two()
        story.buy("m-0", day(0))
        story.bring_back("m-2", "m-1", day(2))
        story.shop.settle()
        found = listed(story.shop, "m")
        assert ids(found) == ["m-0", "m-1", "m-2"]
        assert [item.number for item in found] == [2, 1, 3]
        assert ids(listed(story.shop, "n")) == ["n-1"]

    def test_a_range_is_half_open_and_kinds_are_chosen(self) -> None:
        """C1: from `since` on, before `until`."""
        story = Story()
        for number in range(4):
            story.buy(f"p-{number}", day(number))
        story.spend("s", day(2), 5)
        story.bring_back("r", "p-0", day(3))
        assert ids(listed(story.shop, "m", since=day(1), until=day(3))) == ["p-1", "p-2", "s"]
        assert ids(listed(story.shop, "m", kinds=["return", "redemption"])) == ["s", "r"]
        assert ids(listed(story.shop, "m", kinds={"purchase"}, until=day(1))) == ["p-0"]
        assert ids(listed(story.shop, "m", since=day(9))) == []

    def test_s23_the_survivor_shows_the_joined_history(self) -> None:
        """S23: under either id, each transaction under the member it named; apart again after an unmerge."""
        story = two()
        story.shop.record(lk.Merge(id="mg", member_id="m", other="n", occurred_at=day(4), **BY))
        for member_id in ("m", "n"):
            found = listed(story.shop, member_id, limit=2)
            assert ids(found) == ["m-1", "n-1", "mg"]
            assert [(item.member_id, item.number) for item in found] == [("m", 1), ("n", 1), ("m", 2)]
        story.shop.members.unmerge("n", id="um", **BY)
        assert "m-1" not in ids(listed(story.shop, "n"))
        assert "n-1" not in ids(listed(story.shop, "m"))

    def test_what_arrives_from_another_member_is_not_a_transaction(self) -> None:
        """S20: only what was sent is read back, under the member that sent it; the statement of the other shows it."""
        story = two()
        story.shop.record(lk.Transfer(id="t", member_id="m", to="n", points=5, occurred_at=day(4)))
        assert ids(listed(story.shop, "m")) == ["m-1", "t"]
        assert ids(listed(story.shop, "n")) == ["n-1"]
        assert [row.cause for row in story.shop.statement("n", as_of=day(5))] == ["n-1", "t"]

    @FEW
    @given(
        told=happenings(),
        later=happenings(),
        limit=st.integers(1, 5),
        merged=st.booleans(),
        program=st.sampled_from(PROGRAMS),
    )
    def test_pages_show_the_state_of_the_first_one(
        self, told: list[lk.Transaction], later: list[lk.Transaction], limit: int, merged: bool, program: lk.Program
    ) -> None:
        """C5: pages of any length joined are the whole list, whatever is written between them."""
        story = Story(program)
        story.shop.enroll(lk.Member(id="n", enrolled_at=START))
        story.shop.record(lk.Visit(id="n-1", member_id="n", occurred_at=day(9)))
        accepted(story.shop, told)
        whole = ids(listed(story.shop, "m"))
        between = [item for item in later if item.id not in whole]
        page = story.shop.transactions.list("m", limit=limit)
        items = [*page.items]
        while page.next is not None:
            accepted(story.shop, between[:1])
            between = between[1:]
            if merged:
                story.shop.record(lk.Merge(id="mg", member_id="m", other="n", occurred_at=day(61), **BY))
            page = story.shop.transactions.list("m", limit=limit, after=page.next)
            items += page.items
        assert ids(items) == whole
        orders = [item.transaction.order for item in items]
        assert orders == sorted(orders)

    @pytest.mark.parametrize(
        "bad",
        [
            {"limit": 0},
            {"limit": 10_001},
            {"limit": True},
            {"limit": "5"},
            {"after": "nonsense"},
            {"after": 5},
            {"after": ""},
            {"kinds": "purchase"},
            {"kinds": ["purchases"]},
            {"kinds": [lk.Purchase]},
            {"kinds": []},
            {"kinds": 5},
            {"since": at(2024, 1, 1).replace(tzinfo=None)},
            {"until": "today"},
        ],
    )
    def test_what_cannot_be_listed(self, bad: dict[str, Any]) -> None:
        """I31: each argument by its name."""
        with pytest.raises(lk.InvalidValueError):
            two().shop.transactions.list("m", **bad)

    def test_a_cursor_belongs_to_its_question(self) -> None:
        """A cursor of another store, of another member, or of other kinds is refused."""
        story = two()
        story.buy("m-2", day(2))
        cursor = story.shop.transactions.list("m", limit=1).next
        for ask in (
            lambda: story.shop.transactions.list("n", after=cursor),
            lambda: story.shop.transactions.list("m", kinds=["visit"], after=cursor),
            lambda: Story().shop.transactions.list("m", after=cursor),
            lambda: story.shop.transactions.since(cursor),
        ):
            with pytest.raises(lk.InvalidValueError, match="after: is not a cursor"):
                ask()
        assert ids(story.shop.transactions.list("m", after=cursor).items) == ["m-2"]

    @pytest.mark.parametrize("member_id", ["nobody", None, 7, ["m"]])
    def test_of_an_unknown_member(self, member_id: Any) -> None:
        """I31: there is no such member."""
        for ask in (Story().shop.transactions.list, Story().shop.transactions.holds):
            with pytest.raises(lk.UnknownMemberError):
                ask(member_id)


class TestFeed:
    """`since`."""

    @FEW
    @given(data=st.data(), program=st.sampled_from(PROGRAMS))
    def test_every_transaction_comes_exactly_once(self, data: st.DataObject, program: lk.Program) -> None:
        """I17: whatever is written between pages, merges too: each once, each member's by number, no gaps."""
        story = Story(program)
        members = ["m", "k", "z"]
        for member_id in members[1:]:
            story.shop.enroll(lk.Member(id=member_id, enrolled_at=START))
        sent, seen, cursor, serial = list[str](), list[RecordedTransaction](), None, 0
        for _ in range(data.draw(st.integers(1, 8))):
            for member_id in data.draw(st.lists(st.sampled_from(members), max_size=4)):
                serial += 1
                sent.append(f"t-{serial}")
                story.shop.record(lk.Visit(id=sent[-1], member_id=member_id, occurred_at=day(serial)))
            if data.draw(st.booleans()):
                serial += 1
                sent.append(f"t-{serial}")
                left, right = data.draw(st.permutations(members))[:2]
                story.shop.record(lk.Merge(id=sent[-1], member_id=left, other=right, occurred_at=day(serial), **BY))
            if data.draw(st.booleans()):
                story.shop.settle()
            for _ in range(data.draw(st.integers(0, 2))):
                page = story.shop.transactions.since(cursor, data.draw(st.integers(1, 4)))
                seen, cursor = [*seen, *page.items], page.next
        while (page := story.shop.transactions.since(cursor, 2)).items:
            seen, cursor = [*seen, *page.items], page.next
        assert sorted(ids(seen)) == sorted(sent)
        for member_id in members:
            numbers = [item.number for item in seen if item.member_id == member_id]
            assert numbers == list(range(1, len(numbers) + 1))
        assert all(story.shop.transactions.get(item.transaction.id) == item for item in seen)

    def test_i9_what_was_undone_leaves_no_gap(self) -> None:
        """I9, I11: neither a refused nor an undone write is in the feed, and its number is given to the next."""
        story = two()
        assert accepted(story.shop, [lk.Redemption(id="x", member_id="m", points=10**6, occurred_at=day(2))]) == []
        with pytest.raises(ConnectionError):
            write_and_fail(story)
        story.buy("m-2", day(2))
        assert ids(story.shop.transactions.since().items) == ["m-1", "m-2", "n-1"]
        assert story.shop.transactions.get("m-2").number == 2

    def test_an_empty_page_goes_on_later(self) -> None:
        """Nothing new is an empty page with a cursor; what comes later comes once."""
        story = two()
        first = story.shop.transactions.since()
        assert ids(first.items) == ["m-1", "n-1"]
        empty = story.shop.transactions.since(first.next)
        assert empty.items == ()
        assert empty.next is not None
        story.buy("m-2", day(2))
        for cursor in (first.next, empty.next):
            assert ids(story.shop.transactions.since(cursor).items) == ["m-2"]
        assert story.shop.transactions.since(None, 1).items == first.items[:1]
        assert TransactionPage() == TransactionPage(items=(), next=None)

    @pytest.mark.parametrize(
        "bad", [{"limit": 0}, {"cursor": "x"}, {"cursor": "x" * 9}, {"cursor": 5}, {"cursor": "日"}]
    )
    def test_what_is_not_a_cursor(self, bad: dict[str, Any]) -> None:
        """I31: whatever is passed as a cursor and is none is refused as a value."""
        with pytest.raises(lk.InvalidValueError):
            two().shop.transactions.since(**bad)

    def test_a_cursor_of_a_later_state_is_refused(self) -> None:
        """A store that was emptied or restored does not go on from where it never was."""
        cursor = two().shop.transactions.since().next
        with pytest.raises(lk.InvalidValueError, match="cursor"):
            Story().shop.transactions.since(cursor)


class TestHolds:
    """`holds`."""

    def test_s19_open_holds_oldest_first(self) -> None:
        """S19: from the hold on, until it is captured, released or times out."""
        story = Story(club(points=lk.PointsPolicy()))
        story.buy("p", day(0))
        story.hold("later", day(2), 20, day(5))
        story.hold("early", day(1), 10)
        story.capture("c", "early", day(4), 6)
        early = OpenHold(id="early", points=10, since=day(1), until=None)
        later = OpenHold(id="later", points=20, since=day(2), until=day(5))
        holds = story.shop.transactions.holds
        assert [holds("m", day(n)) for n in range(6)] == [(), (early,), (early, later), (early, later), (later,), ()]
        assert holds("m") == ()
        with pytest.raises(lk.NotEnrolledError):
            holds("m", START - timedelta(days=1))

    @FEW
    @given(
        program=st.sampled_from(PROGRAMS),
        told=happenings(kinds=("purchase", "hold", "hold", "capture", "release", "adjustment")),
    )
    def test_s19_they_add_up_to_what_is_held(self, program: lk.Program, told: list[lk.Transaction]) -> None:
        """S19, I2: at every instant, settled or not."""
        story = Story(program)
        accepted(story.shop, told)
        for settled in (False, True):
            if settled:
                story.shop.settle(as_of=day(30))
            for number in range(0, 75, 5):
                held = story.shop.transactions.holds("m", day(number))
                assert sum(hold.points for hold in held) == story.shop.balance("m", day(number)).held
