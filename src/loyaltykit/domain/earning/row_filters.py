"""Compiled predicates over the rows of a purchase or an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from loyaltykit.calendars import ShopCalendar, to_date
from loyaltykit.domain.earning.basket import Basket
from loyaltykit.domain.transactions import Event
from loyaltykit.rules.compile import Test, compile_rules
from loyaltykit.rules.fields import Scope
from loyaltykit.rules.nodes import EventField, LineField, Predicate, PurchaseField, Reference
from loyaltykit.values import DAY_US

_HOUR_US = 3_600_000_000

Given = Mapping[Reference, object]
"""Values of member fields and facts that a row predicate mentions."""

_LINE_COLUMNS: Final[Mapping[str, Callable[[Basket], Sequence[object]]]] = {
    "sku": lambda basket: [line.sku for line in basket.lines],
    "category": lambda basket: [line.category for line in basket.lines],
    "quantity": lambda basket: basket.quantities,
    "amount": lambda basket: basket.amounts,
    "discount": lambda basket: basket.discounts,
    "tax": lambda basket: basket.taxes,
}

# 1970-01-01 was a Thursday; weeks count from Monday = 1.
_PURCHASE_VALUES: Final[Mapping[str, Callable[[Basket, ShopCalendar], object]]] = {
    "amount": lambda basket, _: basket.total,
    "channel": lambda basket, _: basket.purchase.channel,
    "store": lambda basket, _: basket.purchase.store,
    "weekday": lambda basket, shop: (shop.day_of(basket.purchase.instant) + 3) % 7 + 1,
    "hour": lambda basket, shop: shop.wall(basket.purchase.instant) % DAY_US // _HOUR_US,
    "date": lambda basket, shop: to_date(shop.day_of(basket.purchase.instant)),
}


_TEXTS = frozenset({LineField("sku"), LineField("category")})
_REMEMBERED_TEXTS = 10_000


class _CachedTest(dict[object, bool]):
    """Cached results of a test for each text of a field; categories and articles recur."""

    def __init__(self, test: Test) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, text: object) -> bool:
        verdict = self._test((text,))
        if len(self) < _REMEMBERED_TEXTS:
            self[text] = verdict
        return verdict


class RowFilter:
    """A compiled predicate that selects lines of a purchase.

    A predicate without a field of lines selects all lines, or none.

    Args:
        where: the predicate.
        scope: what the programme declares.
        shop: the programme's calendar.
    """

    def __init__(self, where: Predicate, scope: Scope, shop: ShopCalendar) -> None:
        compiled = compile_rules([where], scope)
        self._test = compiled.tests[0]
        self._terms = compiled.terms
        self._shop = shop
        self._line_slots = [(i, term) for i, term in enumerate(self._terms) if isinstance(term, LineField)]
        self._cached_test = _CachedTest(self._test) if len(self._terms) == 1 and self._terms[0] in _TEXTS else None
        self.member_terms = [term for term in self._terms if not isinstance(term, LineField | PurchaseField)]

    def matching(self, basket: Basket, given: Given) -> Sequence[int]:
        """Return the positions of the kept lines that match.

        Args:
            basket: as bought or as kept.
            given: values of the member fields and facts that the predicate mentions.
        """
        if self._cached_test is not None:
            cached, texts = self._cached_test, _texts(self._line_slots[0][1].name, basket)
            return [line for line in basket.present if cached[texts[line]]]
        values: list[object] = [
            None if isinstance(term, LineField) else self._value(term, basket, given) for term in self._terms
        ]
        test = self._test
        if not self._line_slots:
            return basket.present if test(values) else ()
        columns = [(slot, _line_column(term, basket)) for slot, term in self._line_slots]
        matching = []
        for line in basket.present:
            for slot, column in columns:
                values[slot] = column[line]
            if test(values):
                matching.append(line)
        return matching

    def _value(self, term: Reference, basket: Basket, given: Given) -> object:
        if not isinstance(term, PurchaseField):
            return given[term]
        if term.custom:
            return basket.purchase.fields.get(term.name)
        return _PURCHASE_VALUES[term.name](basket, self._shop)


def _texts(name: str, basket: Basket) -> Sequence[object]:
    """Return a column of texts, cached in the basket: several filters usually read the same one."""
    if basket.texts is None:
        basket.texts = {}
    if name not in basket.texts:
        basket.texts[name] = _LINE_COLUMNS[name](basket)
    return basket.texts[name]


def _line_column(term: LineField, basket: Basket) -> Sequence[object]:
    if term.custom:
        return [line.fields.get(term.name) for line in basket.lines]
    return _LINE_COLUMNS[term.name](basket)


class EventFilter:
    """A compiled predicate that selects events of one kind."""

    def __init__(self, where: Predicate, scope: Scope) -> None:
        compiled = compile_rules([where], scope)
        self._test = compiled.tests[0]
        self._names = [term.name for term in compiled.terms if isinstance(term, EventField)]

    def matches(self, event: Event) -> bool:
        """Check whether the predicate holds for the event's attributes."""
        return self._test([event.attributes.get(name) for name in self._names])
