"""Changing a standard (T7): versions, migrations, corrections of the past, and opening a store again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import loyaltykit as lk
from loyaltykit.domain.facts.versions import Version
from loyaltykit.rules import days, end_of, per_amount, spend
from loyaltykit.storage.memory import MemoryStorage
from tests.support.stories import MICROSECOND, START, Story, club, day

MONTH = spend.over(days(30))
LADDER = lk.TierLadder(
    lk.Tier("low"),
    lk.Tier("mid", enter=MONTH >= 100, multiplier="2"),
    lk.Tier("high", enter=MONTH >= 1000, multiplier="3"),
    valid_for=days(40),
)
CLUB = club(tiers=LADDER, points=lk.PointsPolicy())
DOUBLE = CLUB.evolve(accrual=[lk.AccrualRule("double", per_amount(points=2, every="1.00"))])


def with_tiers(*tiers: lk.Tier, **terms: Any) -> lk.Program:
    return CLUB.evolve(tiers=lk.TierLadder(*tiers, **({"valid_for": days(40)} | terms)))


INSERTED = with_tiers(LADDER["low"], lk.Tier("bronze", enter=MONTH >= 50), LADDER["mid"], LADDER["high"])


def changing(program: lk.Program = CLUB, now: int = 10) -> Story:
    """A shop whose clock stands at a day of its story."""
    story = Story(program)
    story.clock.set(day(now))
    return story


class TestVersions:
    """What holds when."""

    def test_t7_what_happens_is_judged_by_the_version_of_its_date(self) -> None:
        """T7: at `effective_from` and later by the new one, whenever it is recorded."""
        story = changing()
        story.shop.programs.change(DOUBLE, effective_from=day(20))
        story.clock.set(day(40))
        points = [story.buy(f"p{n}", when, 10).points for n, when in enumerate((day(20) - MICROSECOND, day(20)))]
        assert points == [10, 20]
        versions = [row.version for row in _postings(story)]
        assert versions == [1, 2]
        assert story.shop.storage.verify() == []

    def test_s20_i12_a_correction_that_brings_a_cap_counts_what_was_before(self) -> None:
        """S20, I12: by the corrected rules there was a cap for the month all along, and a check of the store agrees."""
        one, other = (CLUB.evolve(points=lk.PointsPolicy(caps=[lk.Cap(100, per=per)])) for per in ("week", "month"))
        story = changing(one)
        assert story.buy("p1", day(1), 80).points == 80
        story.shop.programs.change(other, effective_from=START, correction="a month was meant")
        assert story.buy("p2", day(9), 80).points == 20
        assert story.shop.storage.verify() == []

    def test_s6_s9_what_undoes_something_follows_its_version(self) -> None:
        """S6, S9, S7: a return in all its terms, a reversal in its `extend`."""
        strict = DOUBLE.evolve(points=lk.PointsPolicy(on_return="only_pending", on_reversal=lk.extend(5)))
        story = changing(CLUB.evolve(points=lk.PointsPolicy(expire_after=days(15))))
        story.buy("a", day(5), 10)
        story.spend("x", day(6), 10)
        story.shop.programs.change(strict, effective_from=day(20))
        story.clock.set(day(60))
        assert story.bring_back("r", "a", day(21)).points == -10
        assert story.debt(day(21)) == 10
        assert story.undo("u", "x", day(40)).points == 10
        assert story.available(day(40)) == 0, "what had lapsed lapses again: no new lot by the newer policy"
        assert [posting.version for posting in _postings(story) if posting.cause in "ru"] == [1, 1]
        assert story.shop.storage.verify() == []

    def test_s3_a_lot_keeps_the_life_it_was_given(self) -> None:
        """S3, T7: an end by inactivity too."""
        resting = CLUB.evolve(points=lk.PointsPolicy(expire_after=lk.inactivity(days(10))))
        story = changing(resting)
        story.buy("a", day(5), 10)
        story.shop.programs.change(CLUB.evolve(points=lk.PointsPolicy(expire_after=days(3))), effective_from=day(12))
        story.clock.set(day(60))
        story.buy("b", day(13), 10)
        assert [story.lots(day(n)) for n in (14, 20, 23)] == [[("b", 10), ("a", 10)], [("a", 10)], [("a", 10)]]
        assert story.lots(day(24)) == []
        assert story.shop.storage.verify() == []

    def test_s3_inactivity_may_come_with_a_later_version(self) -> None:
        """S3, T7: from then on activity is noted, whatever was recorded before."""
        story = changing()
        story.buy("a", day(5), 10)
        resting = CLUB.evolve(points=lk.PointsPolicy(expire_after=lk.inactivity(days(10))))
        story.shop.programs.change(resting, effective_from=day(12))
        story.clock.set(day(60))
        story.buy("b", day(13), 10)
        story.buy("c", day(20), 10)
        assert [lot for lot, _ in story.lots(day(30))] == ["b", "c", "a"]
        assert [lot for lot, _ in story.lots(day(31))] == ["a"]
        assert story.shop.storage.verify() == []

    def test_t7_history_and_what_is_in_force(self) -> None:
        """T7: every version with its date, its migration and who declared it."""
        story = changing()
        story.shop.programs.change(DOUBLE, effective_from=day(20), actor="chief")
        one, two = story.shop.programs.history()
        assert (one.number, one.effective_from, one.program) == (1, None, CLUB)
        assert (two.number, two.effective_from, two.program, two.actor) == (2, day(20), DOUBLE, "chief")
        assert (two.recorded_at, two.correction, two.migration) == (LATE_STAMP, None, lk.keep_until_validity_ends())
        assert story.shop.programs.current() == CLUB
        story.clock.set(day(20))
        assert story.shop.programs.current() == DOUBLE

    def test_t7_the_newest_declaration_replaces_an_announced_one(self) -> None:
        """T7: from its date on; a segment's name means the segment of the version that holds."""
        story = changing(CLUB.evolve(segments=[lk.Segment("some", spend >= 1)]))
        story.buy("a", day(5), 10)
        story.shop.programs.change(DOUBLE, effective_from=day(30))
        story.shop.programs.change(CLUB.evolve(name="Other"), effective_from=day(25))
        assert list(story.shop.select("some", as_of=day(20)).ids()) == ["m"]
        with pytest.raises(lk.errors.InvalidProgramError):
            story.shop.select("some", as_of=day(25))
        story.clock.set(day(35))
        assert story.shop.programs.current().name == "Other"

    def test_t7_the_same_again_is_the_version_that_stands(self) -> None:
        """T7, S15: a deployment script may run twice."""
        story = changing()
        for effective_from in (day(20), day(20), None):
            story.shop.programs.change(DOUBLE, effective_from=effective_from)
        assert len(story.shop.programs.history()) == 2
        assert story.shop.programs.change(DOUBLE, effective_from=day(25)).version.number == 3


LATE_STAMP = Story().clock.now


def _postings(story: Story) -> list[Any]:
    with story.storage.snapshot() as snapshot:
        return [posting for record in snapshot.records("m") for posting in record.decision.postings]


class TestOpening:
    """A store keeps its own rules."""

    def test_t7_opens_with_what_holds_or_is_announced(self) -> None:
        """T7: old and new workers of a rolling deployment, until the day of the change."""
        storage, clock = MemoryStorage(), Story().clock
        clock.set(day(10))
        with lk.Loyalty(CLUB, storage, clock=clock) as shop:
            shop.programs.change(DOUBLE, effective_from=day(20))
            lk.Loyalty(CLUB, storage, clock=clock)
            lk.Loyalty(DOUBLE, storage, clock=clock)
            clock.set(day(20))
            lk.Loyalty(DOUBLE, storage, clock=clock)
            with pytest.raises(lk.errors.ProgramChangedError) as refused:
                lk.Loyalty(CLUB, storage, clock=clock)
        assert refused.value.difference == ("accrual",)
        assert "shop.programs.change(" in str(refused.value)

    def test_t7_a_running_worker_reads_the_rules_from_the_store(self) -> None:
        """T7: never from its own memory."""
        storage, clock = MemoryStorage(), Story().clock
        clock.set(day(10))
        old, new = lk.Loyalty(CLUB, storage, clock=clock), lk.Loyalty(CLUB, storage, clock=clock)
        old.enroll(lk.Member(id="m", enrolled_at=START))
        new.programs.change(DOUBLE, effective_from=day(11))
        clock.set(day(12))
        assert old.record(lk.Purchase(id="a", member_id="m", amount=10)).points == 20


class TestMigrations:
    """What becomes of the tiers that members hold."""

    def test_t7_keep_until_validity_ends(self) -> None:
        """T7: the tier of the same name, with the same dates; then the new ladder decides."""
        story = changing()
        story.buy("a", day(5), 100)
        stricter = CLUB.evolve(tiers=LADDER.replace("mid", enter=MONTH >= 200))
        change = story.shop.programs.change(stricter, effective_from=day(20))
        assert story.term(day(21)) == ("mid", day(5), day(46, 0))
        assert story.tier(day(46, 0)) == "low"
        assert change.moves == ()

    def test_t7_a_tier_between_two(self) -> None:
        """T7: whoever holds one keeps it; the new one can be earned, and fallen to."""
        story = changing()
        story.buy("a", day(5), 100)
        story.shop.enroll(lk.Member(id="n", enrolled_at=START))
        change = story.shop.programs.change(INSERTED, effective_from=day(20))
        assert [(move.member_id, move.before, move.after) for move in change.moves] == [("m", "low", "bronze")]
        assert change.moves[0].at == day(46, 0)
        story.clock.set(day(60))
        assert (story.term(day(21)), story.tier(day(46, 0))) == (("mid", day(5), day(46, 0)), "bronze")
        bought = story.shop.record(lk.Purchase(id="b", member_id="n", amount=60, occurred_at=day(25)))
        assert bought.tier_after == "bronze"
        assert story.shop.storage.verify() == []

    @pytest.mark.parametrize(
        ("migration", "expected"),
        [
            (lk.keep_until_validity_ends(), ("mid", "mid", "low")),
            (lk.reevaluate("up_only"), ("mid", "high", "bronze")),
            (lk.reevaluate("both"), ("bronze", "high", "bronze")),
        ],
    )
    def test_t7_judged_on_the_day_of_the_change(self, migration: lk.Migration, expected: tuple[str, ...]) -> None:
        """T7: up only, or both ways; a rise or fall starts a full validity, who stays keeps the old one."""
        story = changing(now=15)
        for member in "no":
            story.shop.enroll(lk.Member(id=member, enrolled_at=START))
        for member, amount in (("m", 100), ("n", 500), ("o", 60)):
            story.shop.record(lk.Purchase(id=member, member_id=member, amount=amount, occurred_at=day(5)))
        other = with_tiers(
            lk.Tier("low"),
            lk.Tier("bronze", enter=MONTH >= 50),
            lk.Tier("mid", enter=MONTH >= 300),
            lk.Tier("high", enter=MONTH >= 400),
        )
        change = story.shop.programs.change(other, effective_from=day(20), migration=migration)
        assert tuple(story.shop.tier(name, as_of=day(20)).name for name in "mno") == expected
        moved = {move.member_id: (move.at, move.after) for move in change.moves if move.at == day(20)}
        before = ("mid", "mid", "low")
        assert moved == {
            name: (day(20), new) for name, old, new in zip("mno", before, expected, strict=True) if old != new
        }
        status = story.shop.tier("m", as_of=day(21))
        assert status.until == (day(46, 0) if expected[0] == "mid" else day(61, 0))
        assert story.shop.storage.verify() == []

    def test_t7_who_keeps_the_tier_by_its_own_rule_does_not_fall(self) -> None:
        """T7, T4: "both" asks what keeps a tier."""
        story = changing(now=15)
        story.buy("a", day(5), 100)
        lenient = CLUB.evolve(tiers=LADDER.replace("mid", enter=MONTH >= 500, keep=MONTH >= 10))
        story.shop.programs.change(lenient, effective_from=day(20), migration=lk.reevaluate("both"))
        assert story.term(day(21)) == ("mid", day(5), day(46, 0))

    def test_t2_judged_by_what_came_before_the_instant(self) -> None:
        """T2, T12: a change comes first of all at its instant."""
        story = changing(now=15)
        story.buy("a", day(5), 100)
        story.shop.programs.change(INSERTED, effective_from=day(20), migration=lk.reevaluate("both"))
        story.clock.set(day(60))
        receipt = story.buy("b", day(20), 1000)
        assert (receipt.tier_before, receipt.tier_after, receipt.points) == ("mid", "high", 2000)
        assert [item.cause for item in story.shop.members.tiers("m", as_of=day(21)).decisions][-2:] == [
            "program-2",
            "b",
        ]

    def test_t7_a_tier_that_is_gone_or_renamed(self) -> None:
        """T7: by its new name with its dates, or to the highest below it from the day of the change."""
        for renamed, expected in (({}, ("low", day(20), None)), ({"mid": "silver"}, ("silver", day(5), day(46, 0)))):
            story = changing(now=15)
            story.buy("a", day(5), 100)
            other = with_tiers(lk.Tier("low"), lk.Tier("silver", enter=MONTH >= 100))
            story.shop.programs.change(other, effective_from=day(20), migration=lk.keep_until_validity_ends(renamed))
            assert story.term(day(21)) == expected

    def test_t7_validities_with_and_without_an_end(self) -> None:
        """T7: one without an end gets the new one from the day of the change; an end that stands, stands."""
        endless = CLUB.evolve(tiers=LADDER.evolve(valid_for=lk.NEVER))
        for first, then, expected in (
            (endless, CLUB, day(61, 0)),
            (CLUB, endless, day(46, 0)),
            (endless, CLUB.evolve(tiers=LADDER.evolve(valid_for=end_of("year"))), day(366, 0)),
        ):
            story = changing(first, now=15)
            story.buy("a", day(5), 100)
            story.shop.programs.change(then, effective_from=day(20))
            assert story.term(day(21)) == ("mid", day(5), expected)

    def test_t4_a_grace_that_has_begun_goes_on(self) -> None:
        """T4, T7: the days that were promised."""
        graceful = CLUB.evolve(tiers=LADDER.evolve(grace_days=10))
        story = changing(graceful, now=47)
        story.buy("a", day(5), 100)
        story.shop.settle()
        story.shop.programs.change(CLUB.evolve(name="Other"), effective_from=day(50))
        assert [story.tier(day(n, 0)) for n in (55, 56)] == ["mid", "low"]


class TestThePast:
    """Changes of what is over."""

    def test_t7_in_the_past_means_before_a_recorded_fact(self) -> None:
        """T7: at or before it; the way out is a correction."""
        story = changing(now=15)
        story.buy("a", day(5), 100)
        with pytest.raises(lk.errors.ChangeInThePastError):
            story.shop.programs.change(DOUBLE, effective_from=day(5))
        assert len(story.shop.programs.history()) == 1
        story.shop.programs.change(DOUBLE, effective_from=day(5) + MICROSECOND)

    def test_t7_a_settlement_is_a_recorded_fact(self) -> None:
        """T7: what `settle` wrote is written."""
        story = changing(now=60)
        story.buy("a", day(5), 100)
        story.shop.settle(as_of=day(50))
        with pytest.raises(lk.errors.ChangeInThePastError):
            story.shop.programs.change(DOUBLE, effective_from=day(45))

    def test_t7_a_correction_takes_tiers_again_and_leaves_points(self) -> None:
        """T7, I24: accruals keep version and multiplier; correcting rows say why; receipts stay."""
        story = changing(CLUB.evolve(notices=lk.NoticePolicy()), now=30)
        first = story.buy("a", day(5), 60)
        story.buy("b", day(8), 10)
        corrected = INSERTED.evolve(notices=lk.NoticePolicy())
        before = story.shop.programs.preview(corrected, effective_from=day(2), correction="bronze was announced")
        change = story.shop.programs.change(
            corrected, effective_from=day(2), correction="bronze was announced", actor="chief"
        )
        assert before.corrections == change.corrections
        [(member, correction)] = change.corrections
        assert (member, correction.before, correction.after) == ("m", "low", "bronze")
        assert (correction.effective_from, correction.cause) == (day(5), "program-2")
        assert (story.available(day(9)), story.buy("a", day(5), 60)) == (70, first)
        assert story.tier(day(6)) == "bronze"
        assert [notice.kind for notice in story.shop.outbox.due()][-1] == "tier.corrected"
        [(_, recorded)] = story.shop.members.tiers("m").corrections
        assert recorded == correction
        assert story.shop.storage.verify() == []

    def test_t7_a_correction_that_corrects_nothing_writes_nothing(self) -> None:
        """T7: only what comes out differently needs a row."""
        story = changing(CLUB.evolve(notices=lk.NoticePolicy(tier_up=False, tier_down=False)), now=30)
        story.buy("a", day(5), 60)
        change = story.shop.programs.change(DOUBLE, effective_from=day(2), correction="a slip")
        assert change.corrections == ()
        assert (story.available(day(9)), story.buy("b", day(6), 1).points) == (60, 2)
        silent = INSERTED.evolve(notices=lk.NoticePolicy(tier_up=False, tier_down=False))
        assert story.shop.programs.change(silent, effective_from=day(3), correction="-").corrections
        assert story.shop.storage.verify() == []

    def test_t7_a_merged_member_is_corrected_as_one(self) -> None:
        """S23, T7: and verified as one."""
        story = changing(now=30)
        story.shop.enroll(lk.Member(id="n", enrolled_at=START))
        for member in "mn":
            story.shop.record(lk.Purchase(id=member, member_id=member, amount=30, occurred_at=day(5)))
        story.shop.members.merge("m", "n", id="mg", actor="s", reason="-", occurred_at=day(9))
        story.buy("b", day(10), 1)
        change = story.shop.programs.change(INSERTED, effective_from=day(2), correction="-")
        assert [member for member, _ in change.corrections] == ["m"]
        assert story.tier(day(11)) == "bronze"
        story.buy("c", day(12), 1)
        assert story.shop.storage.verify() == []

    def test_i11_an_error_on_the_way_leaves_nothing(self) -> None:
        """I11: a change applies wholly or not at all."""
        story = changing(now=30)
        story.buy("a", day(5), 60)

        def fail(_done: int, _total: int | None) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            story.shop.programs.change(INSERTED, effective_from=day(2), correction="-", progress=fail)
        assert len(story.shop.programs.history()) == 1

        def break_off() -> None:
            with story.storage.unit() as unit:
                unit.add_version(Version(2, INSERTED, 0))
                assert len(unit.rules().versions) == 2
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            break_off()
        assert len(story.shop.programs.history()) == 1
        assert story.tier(day(6)) == "low"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"new": "DOUBLE"}, "new"),
        ({"new": CLUB.evolve(currency="USD")}, "currency"),
        ({"new": CLUB.evolve(timezone="Asia/Shanghai")}, "timezone"),
        ({"migration": "keep"}, "migration"),
        ({"migration": lk.keep_until_validity_ends({"silver": "mid"})}, "migration.renamed"),
        ({"correction": " "}, "correction"),
        ({"correction": 5}, "correction"),
        ({"actor": 5}, "actor"),
        ({"effective_from": "tomorrow"}, "effective_from"),
        ({"effective_from": day(40).replace(tzinfo=None)}, "effective_from"),
        ({"progress": 5}, "progress"),
    ],
)
def test_bad_changes_are_refused(parts: dict[str, Any], field: str) -> None:
    """Bad input: what is no change at all; nothing is written."""
    story = changing()
    given = {"new": DOUBLE, "effective_from": day(20)} | parts
    asks = [story.shop.programs.change, *([] if "actor" in parts else [story.shop.programs.preview])]
    for ask in asks:
        with pytest.raises(lk.InvalidValueError) as refused:
            ask(**given)
        assert [problem.field for problem in refused.value.problems] == [field]
    assert len(story.shop.programs.history()) == 1


def test_t7_progress_is_told() -> None:
    """Long work shows progress."""
    story, told = changing(), list[tuple[int, int | None]]()
    story.shop.programs.change(DOUBLE, effective_from=day(20), progress=lambda *done: told.append(done))
    assert told == [(1, 1)]


def test_t7_a_change_without_a_date_holds_from_now_on() -> None:
    """T7: of two purchases of one minute, each by its own version."""
    story = changing()
    story.buy("a", day(10) - timedelta(seconds=1), 10)
    story.shop.programs.change(DOUBLE)
    assert story.buy("b", day(10), 10).points == 20
