"""The face ``shop.members``: who is who, and what their records say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from loyaltykit.domain.accounts.receipt import Receipt
from loyaltykit.domain.forms.search import Fragments
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Segment
from loyaltykit.domain.transactions import Transaction
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.transactions.merges import KeepApart, Merge, Unmerge
from loyaltykit.domain.views.record_versions import RecordVersion
from loyaltykit.domain.views.tier_history import TierHistory, read_tiers
from loyaltykit.errors import InvalidValueError, Problem, UnknownMemberError
from loyaltykit.loyalty.records import versions_of
from loyaltykit.loyalty.runtime import Runtime, enrolled_account, receipt_of
from loyaltykit.loyalty.selection import Page, SortTerm, choose
from loyaltykit.rules.nodes import IsMissing, MemberField, Not, Predicate

if TYPE_CHECKING:
    from loyaltykit.domain.forms.checker import RecordChecker
    from loyaltykit.domain.matching.matching import MatchPolicy, MatchReport
    from loyaltykit.domain.quality.report import QualityReport

_ANYBODY: Final = Not(IsMissing(MemberField("id")))


class Members:
    """The members of a shop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def merge(
        self, survivor: str, other: str, *, id: str, actor: str, reason: str, occurred_at: datetime | None = None
    ) -> Receipt:
        """Two members are one person: lots, history and both ids are the survivor's from now on (``S23``).

        Nothing is recorded anew: sums, lots and their ends are kept, and accruals keep their points. The tier is what
        the joined history gives, from the earlier enrolment. Points of one side repay no debt of the other; the next
        credit does.

        Args:
            survivor: whose record stays.
            other: who becomes a part of it.
            id: the caller's, unique among all transactions. Sending it again changes nothing (``S15``); merging again
                what is one already changes nothing either.
            actor: who did it, an opaque id.
            reason: why, in words without personal values.
            occurred_at: when; None means now.

        Returns:
            A receipt: the points that came along as ``moved``, the survivor's tier before and after.

        Raises:
            UnknownMemberError: one of them is unknown.
            NotEnrolledError: one of them was not enrolled yet.
            InvalidValueError: both are the same, or something else that was passed is wrong.
            IdempotencyConflictError: the id was used with other content.
        """
        merge = Merge(id=id, member_id=survivor, other=other, actor=actor, reason=reason, occurred_at=occurred_at)
        return self._write(merge)

    def unmerge(self, other: str, *, id: str, actor: str, reason: str) -> Receipt:
        """A merge was a mistake: each side has its own lots and history again, as if it had never been (``S23``).

        What was recorded since belongs to the id that it named, with the points that were issued then.

        Args:
            other: who was merged into another; who had been merged into it before comes along.
            id: the caller's, unique among all transactions; sending it again changes nothing (``S15``).
            actor: who did it, an opaque id.
            reason: why, in words without personal values.

        Returns:
            A receipt: the points that left as ``moved``, the tier before and after.

        Raises:
            UnmergeRefusedError: something recorded since took from a lot of the other side, or repaid its debt:
                ``postings`` names what; or nothing was merged.
            UnknownMemberError: the id is unknown.
            IdempotencyConflictError: the id was used with other content.
        """
        return self._write(Unmerge(id=id, member_id=other, actor=actor, reason=reason))

    def update(
        self,
        member: Member,
        *,
        id: str,
        actor: str,
        base: int | None = None,
        reason: str | None = None,
        occurred_at: datetime | None = None,
    ) -> RecordVersion:
        """Change a member's record; what it was stays to be read.

        What differs from the record of that date is changed from then on: a correction that is dated back reaches the
        versions since, each part up to the next version that changed it too. The tier is judged at it (``T10``).

        Args:
            member: the whole record as it should be, such as ``shop.member(id).evolve(region="Wuhan")``; for what is
                dated back, start from ``shop.member(id, as_of=occurred_at)``. The id and ``enrolled_at`` stay.
            id: the caller's, unique among all transactions. Sending it again changes nothing (``S15``).
            actor: who did it, an opaque id.
            base: the number of the version that was read for editing; None to change whatever stands.
            reason: why, in words without personal values; required for what is dated back.
            occurred_at: from when on it holds; None means now.

        Returns:
            The new version.

        Raises:
            StaleEditError: the record was changed since ``base``.
            UnknownMemberError, NotEnrolledError: there was no such member.
            InvalidValueError: a part does not fit the programme in force, or something else that was passed is wrong.
            IdempotencyConflictError: the id was used with other content.
        """
        if not isinstance(member, Member):
            raise InvalidValueError([Problem("member", "is not a Member", "pass the whole record")])
        edit = MemberEdit(
            id=id,
            member_id=member.id,
            member=member,
            base=base,
            actor=actor,
            reason=reason,
            occurred_at=occurred_at,
        )
        with self._runtime.storage.unit() as unit:
            self._runtime.write(unit, edit, self._runtime.now())
            return next(item for item in versions_of(unit, member.id, id) if item.id == id)

    def history(self, member_id: str, known_at: datetime | None = None) -> tuple[RecordVersion, ...]:
        """All versions of a member's record, in the order of recording: who changed what, when, and why.

        Args:
            member_id: whose; of one who was merged, those of the survivor.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Raises:
            UnknownMemberError: there is nothing to tell.
        """
        if not isinstance(member_id, str):
            raise UnknownMemberError
        with self._runtime.storage.snapshot(self._runtime.position(known_at)) as snapshot:
            return versions_of(snapshot, member_id)

    def search(
        self,
        text: str | None = None,
        *,
        where: Predicate | Segment | str | None = None,
        order_by: Sequence[SortTerm] | SortTerm = (),
        limit: int = 50,
        after: str | None = None,
        as_of: datetime | None = None,
    ) -> Page:
        """Find members by a part of a name, a phone or an e-mail, by any field or fact, or by both.

        Args:
            text: words that must all be there, without regard to capitals and width; digits are a part of a phone.
                None for everyone.
            where: a predicate, a segment or its name; None for everyone.
            order_by: terms to sort by, smallest first unless ``descending(term)``, missing last; ties by id.
            limit: how many at most, 1 to 10,000.
            after: ``next`` of the page before; None for the first. It holds however much is written in between: whoever
                stays in place is shown once.
            as_of: the instant to look at records and facts; None means now.

        Returns:
            The members, the cursor of the next page, and how many there are on all pages.

        Raises:
            InvalidValueError: the text, the limit or the cursor is none.
            InvalidProgramError: the programme has no such segment.
            InvalidRuleError: the predicate does not fit the programme.
        """
        fragments = None if text is None else Fragments(text)
        selection = choose(self._runtime, _ANYBODY if where is None else where, as_of, order_by, None, fragments)
        return selection.page(limit, after)

    def keep_apart(self, one: str, other: str, *, id: str, actor: str, reason: str) -> Receipt:
        """Two members are two people, however alike their records are: matching leaves the pair alone from now on.

        Taking a merge back with ``unmerge`` says the same.

        Args:
            one: an id.
            other: the other id.
            id: the caller's, unique among all transactions; sending it again changes nothing (``S15``).
            actor: who looked, an opaque id.
            reason: why, in words without personal values.

        Raises:
            UnknownMemberError: one of them is unknown.
            InvalidValueError: both are the same, by id or by a merge.
            IdempotencyConflictError: the id was used with other content.
        """
        return self._write(KeepApart(id=id, member_id=one, other=other, actor=actor, reason=reason))

    def match(self, matching: MatchPolicy | None = None, *, merge_as: str | None = None) -> MatchReport:
        """Which members are, or may be, one person; see ``find_matches``. Closed records are left out.

        Args:
            matching: how; the default queues everything for review.
            merge_as: who merges what the policy says is to be merged, an opaque id; None merges nothing. The survivor
                of a group is an active record before a pending one, then whoever was enrolled first. Running it again
                is harmless.

        Returns:
            The groups to merge, or that were merged; the pairs to review, and what too many records share.

        Raises:
            InvalidValueError: something that was passed is wrong.
        """
        from loyaltykit.loyalty.duplicates import match_all  # only the back office needs it: the till starts without

        return match_all(self._runtime, matching, merge_as)

    def quality(
        self,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
        *,
        expected: Iterable[str] | None = None,
        stale_after_days: int = 730,
        checker: RecordChecker | None = None,
        examples: int = 5,
    ) -> QualityReport:
        """What is missing, invalid, stale, contradictory or there twice in the records; closed ones are left out.

        ``report.since(earlier)`` is the change between two dates. A record is as old as its last version.

        Args:
            as_of: the instant whose records are looked at; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).
            expected: the parts that every record should have, beside the required declared ones; None for name, phone
                and birthday.
            stale_after_days: days from 1 to 36,500.
            checker: checks every record again as if it were entered today, which takes ten times as long.
            examples: how many ids are kept for each issue.

        Raises:
            InvalidValueError: something that was passed is wrong.
        """
        from loyaltykit.loyalty.quality import judge  # as for ``match``

        at, position = self._runtime.instant(as_of), self._runtime.position(known_at)
        with self._runtime.storage.snapshot(position) as snapshot:
            return judge(
                snapshot,
                at,
                expected=expected,
                stale_after_days=stale_after_days,
                checker=checker,
                examples=examples,
            )

    def tiers(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> TierHistory:
        """Every tier decision of a member, and what late facts and corrections took again (``T8``, ``T10``).

        Args:
            member_id: whose.
            as_of: up to when; None means now.
            known_at: by what was recorded before this instant; None means by everything so far (``I16``).

        Raises:
            UnknownMemberError, NotEnrolledError: there is nothing to tell.
        """
        at, position = self._runtime.instant(as_of), self._runtime.position(known_at)
        with self._runtime.storage.snapshot(position) as snapshot:
            account = enrolled_account(snapshot, member_id, at)
            corrections = [
                (record.recorded_at, correction)
                for record in snapshot.records(member_id)
                for correction in record.decision.corrections
            ]
            return read_tiers(account, corrections, at)

    def _write(self, given: Transaction) -> Receipt:
        with self._runtime.storage.unit() as unit:
            return receipt_of(self._runtime.write(unit, given, self._runtime.now())[0])
