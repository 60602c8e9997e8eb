"""Terms, from which rules are written: comparing a term returns a predicate.

A term wraps a reference, because ``==`` on a term builds a predicate while references must stay comparable. Terms are
not hashable. Terms and predicates have no truth value, so ``and``, ``or``, ``not`` and ``in`` raise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NoReturn, TypeAlias, cast

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
from loyaltykit.values import Amount, UnreadableDecimal, read_decimal

Comparable: TypeAlias = "Term | FieldValue"
"""What a term can be compared with: another term or a constant, but not a float."""


class Term:
    """A field or a fact in a rule; comparing it returns a predicate.

    A number compared with money means whole units of the programme's currency: ``spend >= 2000`` is 2,000.00.

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
        """Return a predicate: at least ``low`` and at most ``high``. It is false when the term is missing.

        Args:
            low: the lowest value, included.
            high: the highest value, included.

        Raises:
            InvalidRuleError: a value is a float, or not a value of a rule.

        >>> member.age.between(18, 30) == AllOf((member.age >= 18, member.age <= 30))
        True
        """
        return AllOf((self >= low, self <= high))

    def is_in(self, values: Iterable[FieldValue]) -> IsIn:
        """Return a predicate: the term is one of these constants. It is false when the term is missing.

        Args:
            values: 1 to 1,000 constants.

        Raises:
            InvalidRuleError: there are no or too many values, or one is not a constant.

        >>> member.region.is_in(["east", "west"]).term
        MemberField(name='region', custom=False)
        """
        if isinstance(values, str):
            raise refuse("is_in", "is given a string", "pass a list of values")
        if not isinstance(values, Iterable):
            raise refuse("is_in", "is not given a list", "pass a list of values")
        return IsIn(self.reference, tuple(_literal(value, self.reference) for value in values))

    def is_missing(self) -> IsMissing:
        """Return a predicate: the term has no value.

        A sum or a count of no rows is 0, not missing.

        >>> member.region.is_missing()
        IsMissing(term=MemberField(name='region', custom=False))
        """
        return IsMissing(self.reference)

    def has(self, tag: str) -> Has:
        """Return a predicate: the tags include this one. It is false when the tags are missing.

        Args:
            tag: a string.

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
        raise refuse("term", "is not a predicate", "put each comparison in parentheses: (a >= 1) & (b >= 2)")

    __and__ = __rand__ = __or__ = __ror__ = __invert__ = _misplaced


class FieldTerm(Term):
    """A field of a member, a purchase, a line or an event."""

    # Not a base class of FactTerm: Python asks a subclass on the right first, which would swap the two sides.
    __slots__ = ()


class FactTerm(Term):
    """A number measured over the member's history; ``where`` and ``over`` narrow it."""

    __slots__ = ()
    reference: Fact

    def where(self, rows: Predicate) -> FactTerm:
        """Return the fact measured over the rows that match; a second ``where`` narrows further.

        Args:
            rows: a predicate over fields of purchases and lines, or of events.

        Raises:
            InvalidRuleError: the fact takes no filter, or the argument is not a predicate.

        >>> from loyaltykit.rules import days
        >>> spend.where(line.category == "tea").over(days(90)).reference.metric
        'spend'
        """
        earlier = self.reference.where
        return FactTerm(evolve(self.reference, where=as_predicate(rows) if earlier is None else earlier & rows))

    def over(self, window: WindowLike) -> FactTerm:
        """Return the fact measured over a window of history; a second ``over`` replaces the first.

        Args:
            window: a span back from now such as ``months(12)``, or a window such as ``calendar("year")``.

        Raises:
            InvalidRuleError: the fact takes no window, or the argument is not a window.

        >>> from loyaltykit.rules import months
        >>> visits.over(months(12)).reference.window
        Rolling(span=Months(count=12))
        """
        return FactTerm(evolve(self.reference, window=to_window(window)))


class FieldTerms:
    """Terms of built-in fields as attributes, and of declared fields as items."""

    __slots__ = ()
    _kind: ClassVar[type[MemberField | PurchaseField | LineField]]

    def __getitem__(self, declared: Field | str) -> Term:
        return FieldTerm(self._kind(_field_name(declared), custom=True))

    # Each subclass lists its attributes, so that a type checker finds a misspelt one.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Term:
            return FieldTerm(self._kind(name))


class MemberTerms(FieldTerms):
    """Fields of the member: ``member.gender``; ``member["favourite"]`` or ``member[field]`` for a declared field."""

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


class PurchaseTerms(FieldTerms):
    """Fields of a purchase: ``purchase.amount``. Weekday 1 is Monday; hour and date are in the shop's time zone."""

    __slots__ = ()
    _kind = PurchaseField

    amount: Term
    channel: Term
    store: Term
    weekday: Term
    hour: Term
    date: Term


class LineTerms(FieldTerms):
    """Fields of a line of a purchase: ``line.category``."""

    __slots__ = ()
    _kind = LineField

    sku: Term
    category: Term
    quantity: Term
    amount: Term
    discount: Term
    tax: Term


class EventTerms:
    """Fields of an event, all declared in the programme: ``event["stars"]`` or ``event[field]``."""

    __slots__ = ()

    def __getitem__(self, declared: Field | str) -> Term:
        return FieldTerm(EventField(_field_name(declared)))


member = MemberTerms()
purchase = PurchaseTerms()
line = LineTerms()
event = EventTerms()

spend = FactTerm(Fact("spend"))
"""The amount of money spent, net of returns. Filter: purchases and lines."""

purchases = FactTerm(Fact("purchases"))
"""The number of purchases that were not wholly returned; with a filter on lines, those with a matching line kept."""

units = FactTerm(Fact("units"))
"""The number of units bought, net of returns. Filter: purchases and lines."""

visits = FactTerm(Fact("visits"))
"""The number of visits. It takes no filter."""

points_accrued = FactTerm(Fact("points_accrued"))
"""The number of points accrued by purchases, including those spent or expired since. Filter: purchases."""

days_since_purchase = FactTerm(Fact("days_since_purchase"))
"""Days in the shop's time zone since the last purchase that was not wholly returned; missing if there is none."""

days_since_visit = FactTerm(Fact("days_since_visit"))
"""Days in the shop's time zone since the last visit; missing if there is none."""

days_since_enrolment = FactTerm(Fact("days_since_enrolment"))
"""Days in the shop's time zone since the member enrolled."""


def events(kind: str) -> FactTerm:
    """Return the fact that counts events of one kind.

    Args:
        kind: a kind that the programme declares.

    Raises:
        InvalidRuleError: the kind is not a string of at least one character.

    >>> events("review").where(event["stars"] >= 4).reference.kind
    'review'
    """
    return FactTerm(Fact("events", kind))


def all_of(*predicates: Predicate) -> AllOf:
    """Return a predicate: all of these are true, as with ``&``.

    Args:
        predicates: one or more predicates.

    Raises:
        InvalidRuleError: there are no arguments, or one is not a predicate.

    >>> len(all_of(member.age >= 18, member.age < 30, spend >= 100).items)
    3
    """
    return AllOf(predicates)


def any_of(*predicates: Predicate) -> AnyOf:
    """Return a predicate: at least one of these is true, as with ``|``.

    Args:
        predicates: one or more predicates.

    Raises:
        InvalidRuleError: there are no arguments, or one is not a predicate.

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
    amount = read_decimal(cast("Amount", value))
    if isinstance(amount, UnreadableDecimal):
        raise refuse("money", amount.reason, 'pass whole units: 2000, Decimal("12.50") or "12.50"')
    return Literal(amount)


@frozen
class Descending:
    """A term to sort by, largest value first; missing values come last."""

    term: Term


def descending(term: Term) -> Descending:
    """Return a sort key for ``shop.select(order_by=...)``: by a term, largest value first.

    Args:
        term: a fact or a field of the member. Missing values come last.

    Raises:
        InvalidRuleError: the argument is not a term.

    >>> descending(spend).term.reference.metric
    'spend'
    """
    if not isinstance(term, Term):
        raise refuse("term", "is not a term", "pass a fact or a member field, such as spend")
    return Descending(term)
