"""Segments of one family that overlap."""

from __future__ import annotations

import pytest

import loyaltykit as lk
from loyaltykit.domain.lint import lint
from loyaltykit.rules import Predicate, calendar, days, days_since_purchase, member, spend, visits
from tests.support.lint import ALWAYS, IN_A_YEAR, OFTEN, found, program
from tests.support.stories import Story, club, day


def family(**rules: Predicate) -> list[lk.Segment]:
    return [lk.Segment(name, rule, family="life") for name, rule in rules.items()]


def test_segments_of_one_family_that_overlap() -> None:
    """With a member that is in both."""
    segments = family(active=days_since_purchase < 90, dormant=days_since_purchase >= 60)
    [finding] = lint(program(segments=segments))
    assert (finding.code, finding.field) == ("lint.overlapping_segments", "segments.dormant")
    assert finding.reason == (
        "overlaps active of its family life: both hold for a member whose number of days since the last purchase is 60"
    )


@pytest.mark.parametrize(
    "segments",
    [
        family(
            active=days_since_purchase < 90, dormant=days_since_purchase >= 90, new=days_since_purchase.is_missing()
        ),
        [lk.Segment("a", visits >= 1), lk.Segment("b", visits >= 2)],
        [lk.Segment("a", visits >= 1, family="x"), lk.Segment("b", visits >= 2, family="y")],
        [lk.Segment("a", visits >= 1, family="x"), lk.Segment("b", visits >= 2)],
        family(sleeping=spend.over(days(90)) < 50, awake=spend.over(days(30)) >= 100),
        family(a=spend.over(calendar("year")) == 0, b=spend.over(calendar("year", first_month=4)) > 0),
        family(a=spend.over(days(30)) < spend.over(days(90)), b=visits >= 1),
    ],
)
def test_segments_that_do_not_overlap_or_of_which_it_is_not_sure(segments: list[lk.Segment]) -> None:
    """Other families, none, rules that exclude each other, relations that are not understood."""
    assert found(segments=segments) == []


def test_the_member_that_is_named_is_in_both_segments() -> None:
    """Recency, frequency and monetary value look at the same purchases: the example is a history that can be."""
    segments = family(
        champions=(days_since_purchase < 30) & (OFTEN >= 3) & (IN_A_YEAR >= 500),
        loyal=OFTEN >= 2,
        at_risk=(days_since_purchase >= 90) & (OFTEN >= 2),
    )
    told = [finding.reason.partition("whose ")[2] for finding in lint(program(segments=segments))]
    assert told == [
        "number of days since the last purchase is 0 and number of purchases in the last 12 months is 3 "
        "and spend in the last 12 months is 500.00",
        "number of purchases in the last 12 months is 2 and number of days since the last purchase is 90",
    ]
    story = Story(club(segments=segments))
    for id, amount in (("p", "498.00"), ("q", "1.00"), ("r", "1.00")):
        story.buy(id, day(0), amount)
    assert [story.shop.select(name, as_of=day(0, 13)).count() for name in ("champions", "loyal")] == [1, 1]
    assert [story.shop.select(name, as_of=day(90)).count() for name in ("loyal", "at_risk")] == [1, 1]


def test_a_finding_names_nobody() -> None:
    """I31: an id, a name, a phone or an address in a rule is not repeated; what everybody meets needs no example."""
    known = (member.phone == "+4915112345") & (member.name == "Erika")
    [first] = lint(program(segments=family(a=known, b=member.name != "Max")))
    [second] = lint(program(segments=family(a=known & (visits >= 2), b=member.id != "m-1")))
    findings = lint(program(segments=family(a=ALWAYS, b=visits >= 0)))
    assert first.reason.endswith("both hold for somebody")
    assert second.reason.endswith("both hold for a member whose number of visits over all time is 2")
    assert findings[-1].reason.endswith("both hold for everyone")


def test_family_is_a_name_and_travels() -> None:
    """Text from before there were families still loads, and means none."""
    segments = [lk.Segment("a", visits >= 1, family="x"), lk.Segment("b", visits >= 2)]
    made = program(segments=segments)
    assert lk.Program.from_json(made.to_json()) == made
    assert made != program(segments=[lk.Segment("a", visits >= 1), segments[1]])
    old = program(segments=segments[1:])
    assert lk.Program.from_json(old.to_json().replace('"family":null,', "")) == old
    assert '"family"' not in old.to_json().replace('"family":null,', "")
    with pytest.raises(lk.InvalidValueError):
        lk.Segment("a", visits >= 1, family="")
