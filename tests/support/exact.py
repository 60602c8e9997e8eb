"""What a purchase gives, worked out in fractions from S12 and S13 alone; nothing here knows how the library does it.

``sales`` draws programmes with purchases; ``give`` tells the points of what is kept of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

from attrs import frozen
from hypothesis import strategies as st

import loyaltykit as lk
from loyaltykit.rules import bonus, line, member, per_amount, per_purchase, per_unit, purchase, times
from loyaltykit.rules.nodes import Predicate

MOMENT = datetime(2025, 3, 1, 12, tzinfo=UTC)
"""When everything is bought: a Saturday, one o'clock in Berlin."""


@frozen
class Row:
    """A line in cents, as it was bought or as far as it is kept."""

    place: int
    amount: int
    quantity: int
    discount: int
    tax: int
    category: str | None
    excluded: int = 0


Rows: TypeAlias = Sequence[Row]
Test: TypeAlias = Callable[[Row, Rows], bool]


def total(rows: Rows) -> int:
    return sum(row.amount for row in rows)


# A predicate beside what it means. Some hold of less and not of more: what is kept may earn by other rules than all.
CONDITIONS: Sequence[tuple[Predicate | None, Test]] = (
    (None, lambda _row, _rows: True),
    (line.category == "tea", lambda row, _rows: row.category == "tea"),
    (line.category != "tea", lambda row, _rows: row.category not in ("tea", None)),
    (line.category.is_missing(), lambda row, _rows: row.category is None),
    (line.amount >= 10, lambda row, _rows: row.amount >= 1000),
    (line.quantity < 3, lambda row, _rows: row.quantity < 3),
    (line.discount > line.tax, lambda row, _rows: row.discount > row.tax),
    (purchase.amount >= 50, lambda _row, rows: total(rows) >= 5000),
    ((purchase.amount < 20) | (line.category == "tea"), lambda row, rows: total(rows) < 2000 or row.category == "tea"),
    (purchase.channel == "web", lambda _row, _rows: True),
    (purchase.weekday == 6, lambda _row, _rows: True),
    (purchase.hour < 13, lambda _row, _rows: False),
    (member.gender == "f", lambda _row, _rows: True),
    ((member.gender == "f") & (line.category == "cake"), lambda row, _rows: row.category == "cake"),
)


@frozen
class Rule:
    """An accrual rule as a shop would read it."""

    word: str
    number: Fraction
    condition: int
    every: int = 1
    group: str | None = None
    priority: int = 0
    is_valid: bool = True

    def declared(self, place: int) -> lk.AccrualRule:
        """The same for the library."""
        number = int(self.number)
        words: dict[str, Callable[[], Any]] = {
            "amount": lambda: per_amount(points=number, every=cents(self.every)),
            "steps": lambda: per_amount(points=number, every=cents(self.every), steps=True),
            "purchase": lambda: per_purchase(number),
            "unit": lambda: per_unit(number),
            "bonus": lambda: bonus(number),
            "times": lambda: times(written(self.number)),
        }
        end = MOMENT if not self.is_valid else MOMENT + timedelta(microseconds=1)
        return lk.AccrualRule(
            f"rule {place}",
            words[self.word](),
            where=CONDITIONS[self.condition][0],
            group=self.group,
            priority=self.priority,
            valid_from=MOMENT - timedelta(days=1) if not self.is_valid else MOMENT,
            valid_until=end,
        )


@frozen
class Terms:
    """A programme: its rules, its tier's multiplier, and S12."""

    rules: Sequence[Rule]
    multiplier: Fraction
    rounding: Any
    amount: Any
    tax: bool
    without_cake: bool
    without_voucher: bool

    def program(self) -> lk.Program:
        """The same for the library."""
        return lk.Program(
            name="Club",
            currency="EUR",
            timezone="Europe/Berlin",
            accrual=[rule.declared(place) for place, rule in enumerate(self.rules)],
            points=lk.PointsPolicy(rounding=self.rounding),
            tiers=lk.TierLadder(lk.Tier("all", multiplier=written(self.multiplier))),
            earns=lk.EarningPolicy(
                amount=self.amount,
                tax=self.tax,
                exclude=line.category == "cake" if self.without_cake else None,
                excluded_payments=["voucher"] if self.without_voucher else [],
            ),
        )


@frozen
class Sold:
    """A purchase in a programme."""

    terms: Terms
    rows: Rows
    voucher: int

    def purchase(self) -> lk.Purchase:
        """The same for the library."""
        rest = total(self.rows) - self.voucher
        return lk.Purchase(
            id="p",
            member_id="m",
            lines=[
                lk.Line(
                    amount=cents(row.amount),
                    quantity=row.quantity,
                    discount=cents(row.discount),
                    tax=cents(row.tax),
                    category=row.category,
                )
                for row in self.rows
            ],
            channel="web",
            payments={"voucher": cents(self.voucher), "cash": cents(rest)},
            occurred_at=MOMENT,
        )

    def shop(self) -> lk.Loyalty:
        """A shop with this programme and the one member."""
        shop = lk.Loyalty(self.terms.program(), clock=lambda: MOMENT)
        shop.enroll(lk.Member(id="m", gender="f", enrolled_at=MOMENT - timedelta(days=1)))
        return shop


@frozen
class Given:
    """Points: all of them, by rule, by line; and what they were before they were rounded."""

    points: int
    by_rule: Mapping[str, int]
    by_line: Sequence[int]
    exact: Fraction


def cents(amount: int) -> str:
    """So many cents as a shop writes them."""
    return f"{amount // 100}.{amount % 100:02}"


def written(number: Fraction) -> str:
    """A number of up to six decimals as a shop writes it; no decimal context has a part in it."""
    millionths = int(number * 10**6)
    return f"{millionths // 10**6}.{millionths % 10**6:06}"


def half_up(number: Fraction) -> int:
    """Rounded half up."""
    return floor(number + Fraction(1, 2))


def part_of(amount: int, kept: int, whole: int) -> int:
    """A part of an amount, rounded half up; nothing of nothing."""
    return half_up(Fraction(amount * kept, whole)) if whole else 0


def largest_remainder(whole: int, exact: Sequence[Fraction]) -> list[int]:
    """Whole shares of a total: each rounded down, the rest to the largest remainders, ties to the first."""
    shares = [floor(share) for share in exact]
    for place in sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))[: whole - sum(shares)]:
        shares[place] += 1
    return shares


def with_voucher(sold: Sold) -> Rows:
    """The lines, each with its share of what the voucher paid, if vouchers earn nothing."""
    if not (sold.terms.without_voucher and total(sold.rows)):
        return sold.rows
    exact = [Fraction(sold.voucher * row.amount, total(sold.rows)) for row in sold.rows]
    shares = largest_remainder(sold.voucher, exact)
    return [
        Row(row.place, row.amount, row.quantity, row.discount, row.tax, row.category, share)
        for row, share in zip(sold.rows, shares, strict=True)
    ]


def kept_rows(sold: Sold, quantities: Sequence[int | None]) -> Rows:
    """What is kept of each line: so many units, or None for a line that came back whole; all else shrinks with it."""
    kept = []
    for row, quantity in zip(with_voucher(sold), quantities, strict=True):
        if quantity is None:
            continue
        amount = row.amount if quantity == row.quantity else part_of(row.amount, quantity, row.quantity)
        # What stands beside a line that was given away shrinks with its units: there is no amount to shrink with.
        part, whole = (amount, row.amount) if row.amount else (quantity, row.quantity)
        shrunk = [
            value if part == whole else part_of(value, part, whole) for value in (row.discount, row.tax, row.excluded)
        ]
        kept.append(Row(row.place, amount, quantity, shrunk[0], shrunk[1], row.category, shrunk[2]))
    return kept


def eligible(row: Row, terms: Terms) -> int:
    """S12: what counts of a line."""
    counted = row.amount + (row.discount if terms.amount != "net" else 0)
    return max(counted - (0 if terms.tax else row.tax) - row.excluded, 0)


def give(sold: Sold, rows: Rows) -> Given:
    """S13: rules in programme order, multiples, one per group, the tier, one rounding, shares by largest remainder."""
    terms, lines = sold.terms, len(sold.rows)
    pieces: dict[int, dict[int, Fraction]] = {}
    matching: dict[int, list[Row]] = {}
    counting = [row for row in rows if not (terms.without_cake and row.category == "cake")]
    for place, rule in enumerate(terms.rules):
        found = [row for row in counting if rule.is_valid and CONDITIONS[rule.condition][1](row, rows)]
        matching[place] = found
        if found and rule.word != "times":
            pieces[place] = _own(rule, found, terms)
    _one_of_each_group(pieces, terms)
    multiplied = [piece for place, piece in pieces.items() if terms.rules[place].word != "bonus"]
    adding = {}
    for place, rule in enumerate(terms.rules):
        if rule.word == "times" and matching[place]:
            adding[place] = {
                row.place: (rule.number - 1) * sum(piece.get(row.place, Fraction(0)) for piece in multiplied)
                for row in matching[place]
            }
    _one_of_each_group(adding, terms)
    return _rounded(pieces | adding, terms, lines)


def _own(rule: Rule, found: Rows, terms: Terms) -> dict[int, Fraction]:
    values = {row.place: eligible(row, terms) for row in found}
    if rule.word == "amount":
        return {place: rule.number * value / rule.every for place, value in values.items()}
    if rule.word == "unit":
        return {row.place: rule.number * row.quantity for row in found}
    if rule.word == "steps":
        whole = int(rule.number) * (sum(values.values()) // rule.every)
        if not whole:
            return {}
        shares = largest_remainder(whole, [Fraction(whole * value, sum(values.values())) for value in values.values()])
        return {place: Fraction(share) for place, share in zip(values, shares, strict=True)}
    return {found[0].place: rule.number}


def _one_of_each_group(pieces: dict[int, dict[int, Fraction]], terms: Terms) -> None:
    """Of those that give points, the highest priority; then who gives most; then who comes first."""
    for group in {rule.group for rule in terms.rules} - {None}:
        rivals = [place for place in pieces if terms.rules[place].group == group]
        giving = [place for place in rivals if sum(pieces[place].values())]
        giving.sort(key=lambda place: (-terms.rules[place].priority, -sum(pieces[place].values()), place))
        for place in set(rivals) - set(giving[:1]):
            del pieces[place]


def _rounded(pieces: Mapping[int, Mapping[int, Fraction]], terms: Terms, lines: int) -> Given:
    by_rule: dict[str, Fraction] = {}
    by_line = [Fraction(0)] * lines
    for place in sorted(pieces):
        factor = Fraction(1) if terms.rules[place].word == "bonus" else terms.multiplier
        by_rule[f"rule {place}"] = factor * sum(pieces[place].values(), Fraction(0))
        for row, points in pieces[place].items():
            by_line[row] += factor * points
    exact = sum(by_rule.values(), Fraction(0))
    roundings: dict[str, Callable[[Fraction], int]] = {"floor": floor, "half_up": half_up, "ceiling": ceil}
    total_points = roundings[terms.rounding](exact)
    shares = dict(zip(by_rule, largest_remainder(total_points, list(by_rule.values())), strict=True))
    by_name = {name: share for name, share in shares.items() if share}
    return Given(total_points, by_name, largest_remainder(total_points, by_line), exact)


# -- random sales ------------------------------------------------------------------------------------------------------

_AMOUNTS = st.sampled_from([0, 1, 33, 99, 100, 500, 999, 1000, 1001, 3333, 7777, 12345]) | st.integers(0, 10**7)


@st.composite
def rows(draw: st.DrawFn, place: int = 0) -> Row:
    amount = draw(_AMOUNTS)
    return Row(
        place,
        amount,
        draw(st.sampled_from([0, 1, 1, 2, 3, 7])),
        draw(st.sampled_from([0, 0, 1, 250, 999])),
        draw(st.sampled_from([0, amount // 6, amount])),
        draw(st.sampled_from(["tea", "cake", "cup", None])),
    )


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    word = draw(st.sampled_from(["amount", "amount", "steps", "purchase", "unit", "times", "bonus"]))
    if word == "times":
        number = Fraction(draw(st.sampled_from(["1", "1.25", "1.5", "2", "3.333"])))
    else:
        number = Fraction(draw(st.integers(1, 12)))
    group = draw(st.sampled_from([None, None, "g", "h"]))
    return Rule(
        word,
        number,
        draw(st.integers(0, len(CONDITIONS) - 1)),
        draw(st.sampled_from([1, 7, 100, 300, 1000])),
        # A multiple competes with multiples only.
        f"times {group}" if group and word == "times" else group,
        draw(st.sampled_from([0, 0, 1])),
        draw(st.sampled_from([True, True, True, True, False])),
    )


@st.composite
def sales(draw: st.DrawFn) -> Sold:
    """A purchase of a few lines in a programme of a few rules."""
    bought = [draw(rows(place)) for place in range(draw(st.integers(1, 4)))]
    terms = Terms(
        draw(st.lists(rules(), min_size=1, max_size=5)),
        Fraction(draw(st.sampled_from(["1", "1.1", "1.25", "1.37", "2"]))),
        draw(st.sampled_from(["floor", "half_up", "ceiling"])),
        draw(st.sampled_from(["net", "net", "gross", "net_of_points"])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.booleans()),
    )
    return Sold(terms, bought, draw(st.integers(0, total(bought))))
