"""The words a rule is written with: terms that compare into predicates.

A term wraps a reference, because ``==`` on a term builds a predicate while references must stay comparable. So a term
is not hashable, and has no truth value: neither has a predicate, and ``and``, ``or``, ``not`` and ``in`` raise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NoReturn, TypeAlias

from attrs import evolve, frozen

from loyaltykit.rules.fields import Field
from loyaltykit.rules.nodes import (
    AllOf,
    AnyOf,
    Compare,
    EventField,
    Fact,
    Has,
    IsIn,
    IsMissing,
    LineField,
    Literal,
    MemberField,
    Operand,
    Operator,
    Predicate,
    PurchaseField,
    Reference,
    as_predicate,
    is_money,
)
from loyaltykit.rules.refusals import no_truth, refuse
from loyaltykit.rules.value_types import FieldValue
from loyaltykit.rules.windows import WindowLike, to_window
from loyaltykit.values import UnreadableDecimal, read_decimal

Comparable: TypeAlias = "Term | FieldValue"
"""What a term may be compared with: another term or a constant, never a float."""


class Term:
    """Something a rule asks about; compare it to get a predicate.

    Numbers beside money are whole units of the programme's currency: ``spend >= 2000`` means 2,000.00.

    >>> member.gender == "female"
    Compare(op='==', left=MemberField(name='gender', custom=False), right=Literal(value='female', type='text'))
    """

    __slots__ = ("reference",)
    __hash__: ClassVar[None]  # type: ignore[assignment]  # == builds a predicate, so a term cannot be a key

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.reference!r})"

    def __eq__(self, other: Comparable) -> Compare:  # type: ignore[override]
        return self._compare("==", other)

    def __ne__(self, other: Comparable) -> Compare:  # type: ignore[override]
        return self._compare("!=", other)

    def __lt__(self, other: Comparable) -> Compare:
        return self._compare("<", other)

    def __le__(self, other: Comparable) -> Compare:
        return self._compare("<=", other)

    def __gt__(self, other: Comparable) -> Compare:
        return self._compare(">", other)

    def __ge__(self, other: Comparable) -> Compare:
        return self._compare(">=", other)

    def between(self, low: Comparable, high: Comparable) -> AllOf:
        """At least ``low`` and at most ``high``; false when missing.

        >>> member.age.between(18, 30) == AllOf((member.age >= 18, member.age <= 30))
        True
        """
        return AllOf((self >= low, self <= high))

    def is_in(self, values: Iterable[FieldValue]) -> IsIn:
        """One of several constants, at most 1,000; false when missing.

        Raises:
            InvalidRuleError: there are none or too many, or one is no constant.

        >>> member.region.is_in(["east", "west"]).term
        MemberField(name='region', custom=False)
        """
        if isinstance(values, str):
            raise refuse("is_in", "is given one text", "pass a list of values")
        if not isinstance(values, Iterable):
            raise refuse("is_in", "is not given a list", "pass a list of values")
        return IsIn(self.reference, tuple(_literal(value, self.reference) for value in values))

    def is_missing(self) -> IsMissing:
        """There is no value. A sum or a count over nothing is 0, not missing."""
        return IsMissing(self.reference)

    def has(self, tag: str) -> Has:
        """These tags hold that one.

        >>> member.tags.has("press").value
        Literal(value='press', type='text')
        """
        return Has(self.reference, Literal(tag))

    def _compare(self, op: Operator, other: Comparable) -> Compare:
        right: Operand = other.reference if isinstance(other, Term) else _literal(other, self.reference)
        return Compare(op, self.reference, right)

    def __bool__(self) -> NoReturn:
        raise no_truth("term")

    def __contains__(self, item: object) -> NoReturn:
        raise refuse("term", "cannot be searched with in", 'write member.tags.has("tag")')

    def _misplaced(self, _other: object = None) -> NoReturn:
        raise refuse("term", "is no condition by itself", "put each comparison in parentheses: (a >= 1) & (b >= 2)")

    __and__ = __rand__ = __or__ = __ror__ = __invert__ = _misplaced


class FieldTerm(Term):
    """A field of a member, a purchase, a line or an event."""

    # A sibling of FactTerm: Python would ask a subclass on the right first, and turn the comparison round.
    __slots__ = ()


class FactTerm(Term):
    """A fact: a number measured over history, to be narrowed by ``where`` and ``over``."""

    __slots__ = ()
    reference: Fact

    def where(self, rows: Predicate) -> FactTerm:
        """Count only the rows that match; a second ``where`` narrows further.

        Args:
            rows: a predicate over fields of purchases and lines, or of the event.

        Raises:
            InvalidRuleError: this fact takes no filter.

        >>> from loyaltykit.rules import days
        >>> spend.where(line.category == "tea").over(days(90)).reference.metric
        'spend'
        """
        earlier = self.reference.where
        return FactTerm(evolve(self.reference, where=as_predicate(rows) if earlier is None else earlier & rows))

    def over(self, window: WindowLike) -> FactTerm:
        """Look at this window of history (``T2``); a second ``over`` replaces the first.

        Args:
            window: a span such as ``months(12)`` back from now, or a window such as ``calendar("year")``.

        Raises:
            InvalidRuleError: this fact takes no window, or it is none.
        """
        return FactTerm(evolve(self.reference, window=to_window(window)))


class OwnWords:
    """Terms by attribute for the built-in fields, by item for those that the programme declares."""

    __slots__ = ()
    _kind: ClassVar[type[MemberField | PurchaseField | LineField]]

    def __getitem__(self, declared: Field | str) -> Term:
        return FieldTerm(self._kind(_field_name(declared), custom=True))

    if TYPE_CHECKING:
        pass  # each word lists its attributes, so that a type checker finds a wrong one without running it
    else:

        def __getattr__(self, name: str) -> Term:
            return FieldTerm(self._kind(name))


class MemberWords(OwnWords):
    """``member.gender`` and so on; ``member["favourite"]`` or ``member[field]`` for a declared field."""

    __slots__ = ()
    _kind = MemberField

    id: Term
    name: Term
    phone: Term
    email: Term
    gender: Term
    region: Term
    tier: Term
    tags: Term
    age: Term
    birthday_month: Term
    days_to_birthday: Term
    enrolled_on: Term
    preferences: Term
    channel: Term
    store: Term
    status: Term


class PurchaseWords(OwnWords):
    """``purchase.amount`` and so on; weekday 1 is Monday, hour and date are the shop's."""

    __slots__ = ()
    _kind = PurchaseField

    amount: Term
    channel: Term
    store: Term
    weekday: Term
    hour: Term
    date: Term


class LineWords(OwnWords):
    """``line.category`` and so on."""

    __slots__ = ()
    _kind = LineField

    sku: Term
    category: Term
    quantity: Term
    amount: Term
    discount: Term
    tax: Term


class EventWords:
    """``event["stars"]`` or ``event[field]``: events have only what the programme declares."""

    __slots__ = ()

    def __getitem__(self, declared: Field | str) -> Term:
        return FieldTerm(EventField(_field_name(declared)))


member = MemberWords()
purchase = PurchaseWords()
line = LineWords()
event = EventWords()

spend = FactTerm(Fact("spend"))
"""Money spent, net of returns."""

purchases = FactTerm(Fact("purchases"))
"""How many purchases have something kept; with a filter on lines, those with a kept line that matches."""

units = FactTerm(Fact("units"))
"""How many units were bought and kept."""

visits = FactTerm(Fact("visits"))
"""How many visits."""

points_accrued = FactTerm(Fact("points_accrued"))
"""How many points purchases gave, whatever became of them (``T1``)."""

days_since_purchase = FactTerm(Fact("days_since_purchase"))
"""Local days since the last kept purchase; missing when there is none (``C1``)."""

days_since_visit = FactTerm(Fact("days_since_visit"))
"""Local days since the last visit; missing when there is none."""

days_since_enrolment = FactTerm(Fact("days_since_enrolment"))
"""Local days since the member enrolled."""


def events(kind: str) -> FactTerm:
    """How many events of one declared kind.

    >>> events("review").where(event["stars"] >= 4).reference.kind
    'review'
    """
    return FactTerm(Fact("events", kind))


def all_of(*predicates: Predicate) -> AllOf:
    """Every one of these holds.

    Raises:
        InvalidRuleError: there are none, or one is no predicate.

    >>> len(all_of(member.age >= 18, member.age < 30, spend >= 100).items)
    3
    """
    return AllOf(predicates)


def any_of(*predicates: Predicate) -> AnyOf:
    """At least one of these holds.

    Raises:
        InvalidRuleError: there are none, or one is no predicate.

    >>> len(any_of(member.tier == "gold", spend >= 100).items)
    2
    """
    return AnyOf(predicates)


def _field_name(declared: Field | str) -> str:
    if isinstance(declared, str):
        return declared
    if isinstance(declared, Field):
        return declared.name
    raise refuse("field", "is neither a Field nor its name", 'write member["favourite"]')


def _literal(value: FieldValue, beside: Reference) -> Literal:
    if not is_money(beside):
        return Literal(value)
    amount = read_decimal(value)
    if isinstance(amount, UnreadableDecimal):
        raise refuse("money", amount.reason, 'pass whole units: 2000, Decimal("12.50") or "12.50"')
    return Literal(amount)


@frozen
class Descending:
    """A term to sort by, largest first; missing values still come last."""

    term: Term


def descending(term: Term) -> Descending:
    """Sort by a term the other way round.

    Raises:
        InvalidRuleError: it is no term.

    >>> descending(spend).term.reference.metric
    'spend'
    """
    if not isinstance(term, Term):
        raise refuse("term", "is not a term", "pass a fact or a member field, such as spend")
    return Descending(term)
