"""Choosing members: lazy, pinned to what was known when it was made (``C5``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from loyaltykit.domain.accounts.account import Account
from loyaltykit.domain.facts.rulebook import PredicateSet
from loyaltykit.domain.facts.versions import ProgramHistory
from loyaltykit.domain.forms.search import Fragments
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Segment
from loyaltykit.domain.views.tier_status import plain_value
from loyaltykit.errors import InvalidRuleError, InvalidValueError, Problem
from loyaltykit.loyalty.cursor import SortKey, read_cursor, sort_key, unreadable, write_cursor
from loyaltykit.loyalty.runtime import Runtime, enrolled_accounts
from loyaltykit.rules.check import check_or_raise
from loyaltykit.rules.nodes import IsMissing, MemberField, Predicate, Reference
from loyaltykit.rules.terms import Descending, Term
from loyaltykit.values import Instant

MAX_PAGE = 10_000

SortTerm: TypeAlias = Term | Descending


@frozen
class Page:
    """A part of a selection.

    Args:
        members: at most as many as were asked for.
        next: what to pass as ``after`` for the next page; None when there is none.
        total: how many there are on all pages, as of now.
    """

    members: tuple[Member, ...]
    next: str | None
    total: int


@frozen
class _Found:
    """A chosen member: where it sorts, and the values it was asked for."""

    key: SortKey
    account: Account
    values: tuple[object, ...]


class Selection:
    """The members who meet a predicate at an instant. Nothing is worked out before it is asked for.

    Args:
        runtime: the shop's.
        rules: the versions of the programme that are known; the newest one says which fields there are.
        predicate: who.
        at: the instant.
        order_by: terms to sort by, smallest first unless ``descending``, missing last; ties by id.
        position: up to where the records are known.
        fragments: what must be in the name, a phone or an e-mail besides; None for nothing.
    """

    def __init__(
        self,
        runtime: Runtime,
        rules: ProgramHistory,
        predicate: Predicate,
        at: Instant,
        order_by: Sequence[SortTerm],
        position: int,
        fragments: Fragments | None = None,
    ) -> None:
        self._rulebook = rules.newest
        check_or_raise(predicate, self._rulebook.program.scope, "member")
        terms = [term.term if isinstance(term, Descending) else term for term in order_by]
        for term in terms:
            self._check_term(term)
            if term.reference == MemberField("tags"):
                raise InvalidRuleError([Problem("order_by", "is a set of tags", "sort by something with an order")])
        self._runtime = runtime
        self._predicate = predicate
        self._at = at
        self._order_by = tuple(term.reference for term in terms)
        self._descends = tuple(isinstance(term, Descending) for term in order_by)
        self._position = position
        self._fragments = fragments

    def ids(self) -> Iterator[str]:
        """The ids, in order."""
        return iter([found.account.member.id for found in self._find()])

    def count(self) -> int:
        """How many."""
        return len(self._find())

    def members(self) -> Iterator[Member]:
        """The members, in order."""
        return iter([found.account.member_at(self._at) for found in self._find()])

    def facts(self, *terms: Term) -> Iterator[tuple[str, tuple[object, ...]]]:
        """The id of each member with the values of facts or member fields; money is a ``Decimal``, missing is None.

        Args:
            terms: such as ``spend.over(months(12))``.
        """
        for term in terms:
            self._check_term(term)
        references = [term.reference for term in terms]
        return iter([(found.account.member.id, found.values) for found in self._find(references)])

    def page(self, limit: int, after: str | None = None) -> Page:
        """A part of the selection.

        Args:
            limit: how many at most, 1 to 10,000.
            after: ``next`` of the page before; None for the first.

        Raises:
            InvalidValueError: the limit or the cursor is none.
        """
        if not isinstance(limit, int) or not 1 <= limit <= MAX_PAGE:
            raise InvalidValueError([Problem("limit", f"is not a number from 1 to {MAX_PAGE}", "pass a page's length")])
        start = None if after is None else sort_key(read_cursor(after, len(self._order_by)), self._descends)
        everyone = self._find()
        found = [item for item in everyone if start is None or _is_behind(item.key, start)]
        following = write_cursor(found[limit - 1].key) if len(found) > limit else None
        return Page(tuple(item.account.member_at(self._at) for item in found[:limit]), following, len(everyone))

    def _find(self, asked: Sequence[Reference] = ()) -> list[_Found]:
        """All chosen members, in order, with the values of some terms."""
        # Terms ride along as leaves, so that everything is read in one pass.
        leaves = [IsMissing(term) for term in (*self._order_by, *asked)]
        rules = PredicateSet([self._predicate, *leaves], self._rulebook.book)
        places = [rules.terms.index(leaf.term) for leaf in leaves]
        scale = self._runtime.scale
        found = []
        with self._runtime.storage.snapshot(self._position) as snapshot:
            for account in enrolled_accounts(snapshot, self._at):
                if self._fragments is not None and not self._fragments.are_in(account.member_at(self._at)):
                    continue
                state = account.state_at(self._at)
                values = rules.values(state.history, state.view)
                if not rules.tests[0](values):
                    continue
                plain = [plain_value(rules.terms[place], values[place], scale) for place in places]
                key = sort_key([*plain[: len(self._order_by)], account.member.id], self._descends)
                found.append(_Found(key, account, tuple(plain[len(self._order_by) :])))
        return sorted(found, key=lambda item: item.key)

    def _check_term(self, term: object) -> None:
        if not isinstance(term, Term):
            raise InvalidRuleError([Problem("term", "is not a term", "use a fact or a member field, such as spend")])
        check_or_raise(IsMissing(term.reference), self._rulebook.program.scope, "member")


def choose(
    runtime: Runtime,
    who: Predicate | Segment | str,
    as_of: datetime | None,
    order_by: Sequence[SortTerm] | SortTerm,
    known_at: datetime | None,
    fragments: Fragments | None = None,
) -> Selection:
    """A selection of what a caller asks for; see ``Loyalty.select``.

    Raises:
        InvalidProgramError: the programme has no such segment.
        InvalidRuleError: the predicate does not fit the programme.
    """
    at, position = runtime.instant(as_of), runtime.position(known_at)
    with runtime.storage.snapshot(position) as snapshot:
        rules = snapshot.rules()
    if isinstance(who, str):
        who = rules.at(at).program.segment(who)
    predicate = who.where if isinstance(who, Segment) else who
    if not isinstance(predicate, Predicate):
        raise InvalidRuleError([Problem("who", "is not a rule", "pass a predicate, a segment or its name")])
    terms = order_by if isinstance(order_by, Sequence) else (order_by,)
    return Selection(runtime, rules, predicate, at, terms, position, fragments)


def _is_behind(key: SortKey, start: SortKey) -> bool:
    try:
        return key > start
    except (TypeError, ArithmeticError):
        raise unreadable() from None
