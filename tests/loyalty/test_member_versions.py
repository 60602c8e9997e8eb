"""Editing members: versions, stale edits, corrections of the past, and what rules see of them (T10, T12, S15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

import loyaltykit as lk
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.rules import member, per_amount, spend
from tests.digest import digest
from tests.stories import FEW, LATE, MICROSECOND, START, Story, club, day

FIELDS = [lk.Field("goal", str), lk.Field("level", int, most=9)]
IN_WUHAN = member.region == "Wuhan"
PER_EURO = per_amount(points=1, every=1)
PLACES = club(
    fields=FIELDS,
    accrual=[lk.AccrualRule("base", PER_EURO), lk.AccrualRule("local", PER_EURO, where=IN_WUHAN)],
    tiers=lk.TierLadder(lk.Tier("plain"), lk.Tier("local", enter=IN_WUHAN & (spend >= 1), multiplier="2")),
)


class Desk(Story):
    """A shop whose staff edits records."""

    def edit(
        self, id: str, when: datetime | None = None, member_id: str = "m", **changes: Any
    ) -> lk.records.RecordVersion:
        base, reason = changes.pop("base", None), changes.pop("reason", "mended")
        record = self.shop.member(member_id, as_of=when).evolve(**changes)
        return self.shop.members.update(record, id=id, actor="a", base=base, reason=reason, occurred_at=when)

    def region(self, when: datetime) -> str | None:
        return self.shop.member("m", as_of=when).region


def desk() -> Desk:
    return Desk(PLACES)


def test_a_member_as_of_any_date_and_as_known_at_any_time() -> None:
    """C5, I16: the record of an instant is the last change up to it; what was recorded later is not known before."""
    story = desk()
    story.edit("e-1", day(10), region="Wuhan")
    story.clock.now += timedelta(days=1)
    story.edit("e-2", day(5), region="Rome")
    assert [story.region(when) for when in (day(1), day(5), day(9), day(10) - MICROSECOND, day(10), LATE)] == [
        *(None, "Rome", "Rome", "Rome", "Wuhan", "Wuhan")
    ]
    assert story.shop.member("m", as_of=day(9), known_at=LATE + timedelta(hours=1)).region is None
    assert story.shop.member("m").region == "Wuhan"
    assert [item.region for item in story.shop.select(member.region == "Rome", as_of=day(7)).members()] == ["Rome"]
    assert story.shop.select(IN_WUHAN, as_of=day(7)).count() == 0
    assert story.shop.select(IN_WUHAN).page(5).members[0].region == "Wuhan"


def test_a_correction_of_the_past_reaches_the_versions_since() -> None:
    """Only the part that it corrects, and only up to a version that changed the same part."""
    story = desk()
    story.edit("e-1", day(10), name="Li", fields={"goal": "a"})
    story.edit("e-2", day(20), region="Rome", phone="+8613800138000")
    story.edit("e-3", day(2), region="Wuhan", gender="female", reason="misread")
    record = story.shop.member("m")
    assert (record.name, record.region, record.gender, record.phone) == ("Li", "Rome", "female", "+8613800138000")
    assert story.region(day(19)) == "Wuhan"
    assert story.shop.member("m", as_of=day(3)).fields == {}


def test_the_date_of_a_change_can_be_corrected() -> None:
    """From its date on the record is what was passed, even where that is what stands today."""
    story = desk()
    story.edit("e-1", day(10), region="Rome")
    story.edit("e-2", day(4), region="Rome")
    assert [story.region(day(number)) for number in (3, 4, 10)] == [None, "Rome", "Rome"]


def test_history_tells_who_changed_what_when_and_why() -> None:
    """Versions come in the order of recording; each shows the record from its own date on."""
    story = desk()
    story.edit("e-1", day(10), region="Wuhan", reason="moved")
    story.edit("e-2", day(5), region="Rome", fields={"goal": "x"})
    story.edit("e-3", day(20))
    versions = story.shop.members.history("m")
    assert [(item.number, item.id, item.actor, item.reason) for item in versions] == [
        (1, None, None, None),
        (2, "e-1", "a", "moved"),
        (3, "e-2", "a", "mended"),
        (4, "e-3", "a", "mended"),
    ]
    assert [item.member.region for item in versions] == [None, "Wuhan", "Rome", "Wuhan"]
    assert [item.occurred_at for item in versions] == [START, day(10), day(5), day(20)]
    assert [[(change.field, change.old, change.new) for change in item.changes] for item in versions] == [
        [],
        [("region", None, "Wuhan")],
        [("region", None, "Rome"), ("fields.goal", None, "x")],
        [],
    ]
    assert versions[0].recorded_at <= versions[1].recorded_at
    assert versions[3].member.fields == {"goal": "x"}


def test_history_as_known_earlier() -> None:
    """I16: a version recorded later is not there."""
    story = desk()
    story.clock.now += timedelta(days=1)
    story.edit("e-1", region="Rome")
    story.clock.now += timedelta(days=1)
    assert len(story.shop.members.history("m", known_at=LATE + timedelta(hours=1))) == 1
    assert len(story.shop.members.history("m")) == 2
    with pytest.raises(lk.UnknownMemberError):
        story.shop.members.history("nobody")
    with pytest.raises(lk.UnknownMemberError):
        story.shop.members.history(7)  # type: ignore[arg-type]


def test_s15_the_same_edit_again_changes_nothing() -> None:
    """S15: it returns the version that it made; other content is a conflict."""
    story = desk()
    record = story.shop.member("m").evolve(region="Rome")
    first = story.shop.members.update(record, id="e-1", actor="a")
    story.edit("e-2", region="Wuhan")
    before = digest(story.storage)
    assert story.shop.members.update(record, id="e-1", actor="a") == first
    assert first.number == 2
    assert digest(story.storage) == before
    with pytest.raises(lk.IdempotencyConflictError):
        story.shop.members.update(record, id="e-1", actor="b")


def test_a_stale_edit_is_refused() -> None:
    """It names the version that stands and the parts that differ, and writes nothing."""
    story = desk()
    story.edit("e-1", region="Rome", base=1)
    story.edit("e-2", name="Li", base=2)
    before = digest(story.storage)
    with pytest.raises(lk.errors.StaleEditError) as caught:
        story.edit("e-3", gender="female", base=1)
    assert (caught.value.version, caught.value.fields) == (3, ("region", "name"))
    assert digest(story.storage) == before
    with pytest.raises(lk.InvalidValueError, match="names no version"):
        story.edit("e-3", gender="female", base=9)
    assert story.edit("e-3", gender="female", base=3).number == 4


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"occurred_at": day(3)}, "reason: is missing"),
        ({"occurred_at": LATE - timedelta(days=1), "reason": " "}, "reason: is missing"),
        ({"actor": " "}, "actor: is missing"),
        ({"base": 0}, "base: is not the number of a version"),
        ({"base": True}, "base: is not the number of a version"),
        ({"member": None}, "member: is not a Member"),
        ({"member": lk.Member(id="m", enrolled_at=day(1))}, "enrolled_at: is not when the member joined"),
        ({"member": lk.Member(id="m", fields={"level": 10})}, "fields.level"),
        ({"member": lk.Member(id="m", fields={"other": 1})}, "fields.other"),
    ],
)
def test_what_an_edit_must_hold(parts: dict[str, Any], words: str) -> None:
    """Every problem by its field; nothing is written."""
    story = desk()
    given: dict[str, Any] = {"member": lk.Member(id="m", name="Li"), "id": "e-1", "actor": "a"} | parts
    with pytest.raises(lk.InvalidValueError, match=words):
        story.shop.members.update(given.pop("member"), **given)
    assert len(story.shop.members.history("m")) == 1


def test_an_edit_bears_the_id_of_its_member() -> None:
    """Ids cannot be changed, and a record is a record."""
    edit = MemberEdit(id="e", member_id="m", member=lk.Member(id="x"), actor="a")
    with pytest.raises(lk.InvalidValueError, match=r"member\.id"):
        desk().shop.record(edit)
    with pytest.raises(lk.InvalidValueError, match="is not a Member"):
        MemberEdit(id="e", member_id="m", member="m", actor="a")  # type: ignore[arg-type]


def test_nobody_is_edited_before_the_enrolment_and_nobody_unknown() -> None:
    """T10: there is no record before it."""
    story = desk()
    with pytest.raises(lk.NotEnrolledError):
        story.shop.members.update(lk.Member(id="m"), id="e-1", actor="a", reason="r", occurred_at=START - MICROSECOND)
    with pytest.raises(lk.NotEnrolledError):
        story.shop.record(lk.Visit(id="v", member_id="m", occurred_at=START - MICROSECOND))
    with pytest.raises(lk.UnknownMemberError):
        story.shop.members.update(lk.Member(id="nobody"), id="e-1", actor="a")


def test_what_stays_is_not_judged_again() -> None:
    """A value of before a stricter declaration may stay while another part is changed."""
    story = desk()
    story.edit("e-1", fields={"level": 5})
    story.shop.programs.change(
        PLACES.evolve(fields=[lk.Field("level", int, most=3)]), effective_from=LATE + timedelta(days=1), actor="a"
    )
    story.clock.now = LATE + timedelta(days=2)
    assert story.edit("e-2", name="Li").member.fields == {"level": 5}
    with pytest.raises(lk.InvalidValueError, match="more than 3"):
        story.edit("e-3", fields={"level": 4})


def test_an_edit_comes_after_the_version_that_stands() -> None:
    """A till's clock may run ahead by minutes: an edit without a date is not dated back by that."""
    story = desk()
    ahead = LATE + timedelta(minutes=4)
    story.edit("e-1", ahead, region="Rome")
    assert story.shop.members.update(lk.Member(id="m"), id="e-2", actor="a").occurred_at == ahead
    assert story.shop.member("m").region is None


def test_t12_of_two_edits_at_one_instant_the_later_one_counts() -> None:
    """T12: it was made on the other, whatever its id."""
    story = desk()
    story.edit("z", day(3), region="Rome")
    story.edit("a", day(3), region="Wuhan")
    assert story.region(day(3)) == story.region(LATE) == "Wuhan"


def test_t10_the_tier_is_judged_at_an_edit_and_rules_see_the_record_of_their_instant() -> None:
    """T10, T12: a purchase before the edit gives what the old record gives, one at its instant sees the new one."""
    story = desk()
    assert story.buy("p-1", day(5), 10).points == 10
    story.edit("e-1", day(6), region="Wuhan")
    assert story.tier(day(6) - MICROSECOND) == "plain"
    assert story.tier(day(6)) == "local"
    assert story.buy("p-2", day(6), 10).points == 40
    assert story.buy("p-3", day(5, 13), 10).points == 10
    assert story.shop.storage.verify() == []


def test_t8_an_edit_that_is_dated_back_takes_closed_decisions_again() -> None:
    """T8: with correcting rows; points that were given stay."""
    story = desk()
    story.buy("p-1", day(5), 10)
    story.buy("p-2", day(8), 10)
    receipt = story.shop.record(
        MemberEdit(
            id="e-1", member_id="m", member=lk.Member(id="m", region="Wuhan"), actor="a", reason="r", occurred_at=day(3)
        )
    )
    assert [(item.effective_from, item.before, item.after) for item in receipt.corrections] == [
        (day(5), "plain", "local")
    ]
    assert receipt.points == 0
    assert story.tier(day(6)) == "local"
    assert story.available(day(9)) == 20
    assert story.shop.storage.verify() == []


EDITS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["region", "name"]), st.booleans()),
    unique_by=lambda edit: edit[:2],
    min_size=1,
    max_size=5,
)


@FEW
@given(EDITS, st.sets(st.integers(0, 12), max_size=4), st.randoms(use_true_random=False))
def test_i23_metrics_and_tiers_do_not_depend_on_the_order_of_arrival(
    edits: list[tuple[int, str, bool]], buys: set[int], random: Any
) -> None:
    """I23: with edits of several parts, whenever they arrive; verification decides all of them again."""
    # Each value comes once: an edit that asks for what stands already changes nothing.
    values = [f"{'Wuhan' if local else 'Rome'} {serial}" for serial, (_, _, local) in enumerate(edits)]
    told = [(when, f"e-{value}", part, value) for (when, part, _), value in zip(edits, values, strict=True)]
    told += [(when, f"p-{when}", "", "") for when in buys]
    answers = []
    for telling in (sorted(told), random.sample(told, len(told))):
        story = Desk(
            club(tiers=lk.TierLadder(lk.Tier("plain"), lk.Tier("local", enter=member.region.is_in(values[:3]))))
        )
        for when, id, part, value in telling:
            if part:
                story.edit(id, day(when), **{part: value})
            else:
                story.buy(id, day(when), 10)
        assert not story.shop.storage.verify()
        answers.append([(story.shop.member("m", as_of=day(n)), story.tier(day(n))) for n in range(14)])
    assert answers[0] == answers[1]


class TestMerged:
    """Decision 0024: the record and its versions are the survivor's while two members are one."""

    def two(self) -> Desk:
        story = desk()
        story.shop.enroll(lk.Member(id="n", name="Wang", enrolled_at=START - timedelta(days=1)))
        story.edit("e-m", day(1), name="Li")
        story.edit("e-n", day(2), member_id="n", region="Wuhan")
        return story

    def merge(self, story: Desk, id: str = "mg") -> None:
        story.shop.members.merge("m", "n", id=id, actor="a", reason="r", occurred_at=day(3))

    def test_s23_the_survivors_record_stays(self) -> None:
        """S23: with the versions that it had, and none of the other side."""
        story = self.two()
        self.merge(story)
        for id in ("m", "n"):
            record = story.shop.member(id)
            assert (record.id, record.name, record.region) == ("m", "Li", None)
            assert [item.id for item in story.shop.members.history(id)] == [None, "e-m"]
        assert story.shop.member("m").enrolled_at == START - timedelta(days=1)
        assert story.shop.storage.verify() == []

    def test_s23_an_edit_of_either_id_is_the_survivors(self) -> None:
        """S23: a version of the other side is stale, whatever its number."""
        story = self.two()
        other = story.shop.member("n")
        self.merge(story)
        with pytest.raises(lk.errors.StaleEditError) as caught:
            story.shop.members.update(other, id="e-1", actor="a", base=2)
        assert (caught.value.version, caught.value.fields) == (2, ())
        made = story.shop.members.update(other.evolve(gender="x", enrolled_at=None), id="e-1", actor="a")
        assert (made.number, made.member.id, made.member.gender) == (3, "m", "x")
        assert story.edit("e-2", member_id="n", phone="1", base=3).number == 4
        assert story.shop.storage.verify() == []

    def test_s23_after_an_unmerge_each_has_its_own_versions_again(self) -> None:
        """S23: an edit of while they were one was made on the survivor's record, and stays there."""
        story = self.two()
        before = digest(story.storage)
        self.merge(story)
        story.shop.members.unmerge("n", id="um-1", actor="a", reason="r")
        assert digest(story.storage) == before
        self.merge(story, "mg-2")
        made = story.edit("e-1", member_id="n", gender="x")
        story.shop.members.unmerge("n", id="um-2", actor="a", reason="r")
        assert [item.id for item in story.shop.members.history("m")] == [None, "e-m", "e-1"]
        assert [item.id for item in story.shop.members.history("n")] == [None, "e-n"]
        assert story.shop.member("n").region == "Wuhan"
        again = lk.Member(id="m", name="Li", gender="x", enrolled_at=START)
        assert story.shop.members.update(again, id="e-9", actor="a").changes == ()
        assert made.number == 3
        assert story.shop.storage.verify() == []

    def test_i22_merges_commute(self) -> None:
        """I22: with versions on all sides."""
        digests = []
        for pairs in ([("m", "n"), ("m", "o")], [("m", "o"), ("m", "n")], [("n", "o"), ("m", "n")]):
            story = self.two()
            story.shop.enroll(lk.Member(id="o", enrolled_at=START))
            story.edit("e-o", day(2), member_id="o", region="Rome", name="Q")
            story.buy("p-1", day(2), 10)
            for survivor, other in pairs:
                id = f"mg-{survivor}{other}"
                story.shop.members.merge(survivor, other, id=id, actor="a", reason="r", occurred_at=day(3))
            digests.append(digest(story.storage))
        assert len(set(digests)) == 1
