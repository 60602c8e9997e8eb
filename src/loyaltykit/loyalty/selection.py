"""Selections of members: lazy, and fixed to what was recorded when they were made (``C5``)."""

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
from loyaltykit.errors import InvalidRuleError, Problem
from loyaltykit.loyalty.cursor import SortKey, read_cursor, sort_key, write_cursor
from loyaltykit.loyalty.paging import check_limit, unreadable
from loyaltykit.loyalty.runtime import Runtime, enrolled_accounts
from loyaltykit.rules.check import check_or_raise
from loyaltykit.rules.nodes import IsMissing, MemberField, Predicate, Reference
from loyaltykit.rules.terms import Descending, Term
from loyaltykit.serialization import wire_name
from loyaltykit.values import Instant

SortTerm: TypeAlias = Term | Descending


@wire_name("member_page")
@frozen
class MemberPage:
    """One page of a selection.

    Args:
        members: at most as many as the limit.
        next: the cursor of the next page; None on the last one.
        total: number of members on all pages, as of now.
    """

    members: tuple[Member, ...]
    next: str | None
    total: int


@frozen
class _Found:
    """A selected member with its sort key and the values asked for."""

    key: SortKey
    account: Account
    values: tuple[object, ...]


class Selection:
    """The members that meet a predicate at an instant. Iterating yields their ids, in order.

    Nothing is computed before it is asked for, and every call reads the store again.

    Args:
        runtime: the shop's.
        rules: the known versions of the programme; the newest declares the fields.
        predicate: the predicate.
        at: the instant.
        order_by: terms to sort by, ascending unless ``descending``, missing values last; ties by id.
        position: the position of the store to read at.
        fragments: texts that must occur in the name, a phone or an e-mail address; None for no such test.
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
                raise InvalidRuleError([Problem("order_by", "is a set of tags", "sort by a term with an order")])
        self._runtime = runtime
        self._predicate = predicate
        self._at = at
        self._order_by = tuple(term.reference for term in terms)
        self._descends = tuple(isinstance(term, Descending) for term in order_by)
        self._position = position
        self._fragments = fragments

    def __iter__(self) -> Iterator[str]:
        return self.ids()

    def ids(self) -> Iterator[str]:
        """Return the ids, in order."""
        return iter([found.account.member.id for found in self._find()])

    def count(self) -> int:
        """Return the number of members."""
        return len(self._find())

    def members(self) -> Iterator[Member]:
        """Return the members, in order."""
        return iter([found.account.member_at(self._at) for found in self._find()])

    def facts(self, *terms: Term) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Return each id with the values of facts or member fields; money is a ``Decimal``, a missing value None.

        Args:
            terms: such as ``spend.over(months(12))``.
        """
        for term in terms:
            self._check_term(term)
        references = [term.reference for term in terms]
        return iter([(found.account.member.id, found.values) for found in self._find(references)])

    def page(self, limit: int, after: str | None = None) -> MemberPage:
        """Return one page of the selection.

        Args:
            limit: most members, an integer from 1 to 10,000.
            after: ``next`` of the page before; None for the first page.

        Raises:
            InvalidValueError: the limit is out of range, or the cursor is not one of this selection.
        """
        check_limit(limit)
        start = None if after is None else sort_key(read_cursor(after, len(self._order_by)), self._descends)
        everyone = self._find()
        found = [item for item in everyone if start is None or _is_behind(item.key, start)]
        following = write_cursor(found[limit - 1].key) if len(found) > limit else None
        return MemberPage(tuple(item.account.member_at(self._at) for item in found[:limit]), following, len(everyone))

    def _find(self, asked: Sequence[Reference] = ()) -> list[_Found]:
        """All selected members, in order, with the values of some terms."""
        # The terms are added as leaves, so that everything is read in one pass.
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


def make_selection(
    runtime: Runtime,
    who: Predicate | Segment | str,
    as_of: datetime | None,
    order_by: Sequence[SortTerm] | SortTerm,
    known_at: datetime | None,
    fragments: Fragments | None = None,
) -> Selection:
    """Return a selection; see ``Loyalty.select``.

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
