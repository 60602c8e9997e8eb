"""Members of a shop and their records: ``shop.members``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from loyaltykit.domain.accounts.receipt import Receipt
from loyaltykit.domain.facts.rulebook import PredicateSet
from loyaltykit.domain.forms.search import Fragments
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Segment
from loyaltykit.domain.transactions import Transaction
from loyaltykit.domain.transactions.edits import MemberEdit
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.domain.views.record_versions import RecordVersion
from loyaltykit.domain.views.tier_history import TierHistory, read_tiers
from loyaltykit.errors import InvalidValueError, Problem, UnknownMemberError
from loyaltykit.loyalty.member_versions import read_member_versions
from loyaltykit.loyalty.runtime import Runtime, enrolled_account, receipt_of
from loyaltykit.loyalty.selection import MemberPage, SortTerm, make_selection
from loyaltykit.rules.nodes import IsMissing, MemberField, Not, Predicate

if TYPE_CHECKING:
    from loyaltykit.domain.forms.checker import RecordChecker
    from loyaltykit.domain.matching.matching import MatchPolicy, MatchReport
    from loyaltykit.domain.quality.report import QualityReport

_EVERYONE: Final = Not(IsMissing(MemberField("id")))


class Members:
    """The members of a shop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def merge(
        self, survivor: str, other: str, *, id: str, actor: str, reason: str, occurred_at: datetime | None = None
    ) -> Receipt:
        """Merge two members that are one person: both ids name the survivor from then on (``S23``).

        The same as ``shop.record(Merge(...))``. Points, lots and their expiries stay as they are. The tier is judged by
        the joined history, from the earlier enrolment on. Points of one side repay no debt of the other; the next
        credit does.

        Args:
            survivor: id of the member whose record stays.
            other: id of the member to merge into it.
            id: id of the merge, unique among all transactions. Sending it again changes nothing (``S15``), and neither
                does merging two ids that name one member already.
            actor: opaque id of the person or system that merges.
            reason: why, in words without personal values.
            occurred_at: when; None for now.

        Returns:
            The receipt: ``moved`` points of the other side, and the survivor's tier before and after.

        Raises:
            UnknownMemberError: one of the ids is unknown.
            NotEnrolledError: one of the members was not enrolled yet.
            InvalidValueError: the ids are equal, or another argument is not valid.
            IdempotencyConflictError: the id was used with other content.
        """
        merge = Merge(id=id, member_id=survivor, other=other, actor=actor, reason=reason, occurred_at=occurred_at)
        return self._write(merge)

    def unmerge(self, other: str, *, id: str, actor: str, reason: str) -> Receipt:
        """Undo a merge: both sides have their own lots and history again (``S23``).

        The same as ``shop.record(Unmerge(...))``. What was recorded since the merge belongs to the id that it named,
        with the points that were given then. Matching does not merge the two again.

        Args:
            other: id of the member that was merged into another; members merged into it before stay with it.
            id: id of the unmerge, unique among all transactions; sending it again changes nothing (``S15``).
            actor: opaque id of the person or system that undoes the merge.
            reason: why, in words without personal values.

        Returns:
            The receipt: ``moved`` points that left, and the tier before and after.

        Raises:
            UnmergeRefusedError: later transactions used points of the other side or repaid its debt; ``postings`` names
                them. Or the member is not merged.
            UnknownMemberError: no such member.
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
        """Change a member's record; earlier versions stay readable.

        The same as ``shop.record(MemberEdit(...))``, with the new version as the answer. What differs from the record
        at ``occurred_at`` changes from then on. A backdated correction also changes later versions, each part up to the
        next version that changed that part. The tier is judged at ``occurred_at`` (``T10``).

        Args:
            member: the whole record as it should be, such as ``shop.member(id).evolve(region="Wuhan")``; for a
                backdated correction start from ``shop.member(id, as_of=occurred_at)``. The id and ``enrolled_at`` stay.
            id: id of the edit, unique among all transactions. Sending it again changes nothing (``S15``).
            actor: opaque id of the person or system that edits.
            base: number of the version that was read for editing; None to change the current one, whatever it is.
            reason: why, in words without personal values; required for a backdated correction.
            occurred_at: from when on the change applies; None for now.

        Returns:
            The new version.

        Raises:
            StaleEditError: the record was changed since ``base``.
            UnknownMemberError: no such member.
            NotEnrolledError: ``occurred_at`` precedes the enrolment.
            InvalidValueError: a part does not fit the programme in force, or another argument is not valid.
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
            return next(item for item in read_member_versions(unit, member.id, id) if item.id == id)

    def history(self, member_id: str, known_at: datetime | None = None) -> tuple[RecordVersion, ...]:
        """Return all versions of a member's record in the order of recording, with who changed what, when and why.

        Args:
            member_id: id of the member; for a merged member, the versions are the survivor's.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Raises:
            UnknownMemberError: no such member.
        """
        if not isinstance(member_id, str):
            raise UnknownMemberError
        with self._runtime.storage.snapshot(self._runtime.position(known_at)) as snapshot:
            return read_member_versions(snapshot, member_id)

    def search(
        self,
        text: str | None = None,
        *,
        where: Predicate | Segment | str | None = None,
        order_by: Sequence[SortTerm] | SortTerm = (),
        limit: int = 50,
        after: str | None = None,
        as_of: datetime | None = None,
    ) -> MemberPage:
        """Find members by a part of a name, phone or e-mail address, by any field or fact, or by both.

        Args:
            text: words that must all occur, ignoring case and width; digits match a part of a phone. None for everyone.
            where: a predicate, a segment or its name; None for everyone.
            order_by: terms to sort by, ascending unless ``descending(term)``, missing values last; ties by id.
            limit: most members of a page, an integer from 1 to 10,000.
            after: ``next`` of the page before; None for the first page. Writes between two pages do no harm: members
                that keep their place are shown once.
            as_of: the instant of records and facts; None for now.

        Returns:
            The members, the cursor of the next page, and the number of members on all pages.

        Raises:
            InvalidValueError: the text, the limit or the cursor is not valid.
            InvalidProgramError: the programme has no such segment.
            InvalidRuleError: the predicate does not fit the programme.
        """
        fragments = None if text is None else Fragments(text)
        where = _EVERYONE if where is None else where
        return make_selection(self._runtime, where, as_of, order_by, None, fragments).page(limit, after)

    def match(self, matching: MatchPolicy | None = None) -> MatchReport:
        """Find duplicate members; nothing is written. Closed records are left out. See ``find_matches``.

        Args:
            matching: the policy; None to queue everything for review.

        Returns:
            The groups to merge (pass the report to ``merge_matches``), the pairs to review, and the values that too
            many records share.

        Raises:
            InvalidValueError: the policy is not a ``MatchPolicy``.
        """
        from loyaltykit.loyalty.duplicates import match_members  # rarely needed: keeps the start of a process short

        return match_members(self._runtime, matching)

    def merge_matches(self, report: MatchReport, *, actor: str) -> MatchReport:
        """Merge the groups that ``match`` found. A second run changes nothing.

        The survivor of a group is an active record before a pending one, then the one enrolled first. A group stays
        as it is when two of its members were recorded to be two people since (``KeepApart``, ``Unmerge``); a record
        that was closed since is left out.

        Args:
            report: as ``match`` returned it.
            actor: opaque id of the person or system that merges.

        Returns:
            The groups that are one member now, and the pairs that are left to review, by the ids that survive.

        Raises:
            UnknownMemberError: the report names a member that the store does not have.
            InvalidValueError: an argument is not valid.
        """
        from loyaltykit.loyalty.duplicates import merge_groups  # as for ``match``

        return merge_groups(self._runtime, report, actor)

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
        """Return what is missing, invalid, stale, contradictory or duplicate in records. Closed ones are left out.

        ``report.since(earlier)`` is the change between two dates. The age of a record is that of its last version.

        Args:
            as_of: the instant of the records; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).
            expected: parts that every record should have besides the required declared ones; None for name, phone and
                birthday.
            stale_after_days: days from 1 to 36,500.
            checker: checks every record again as if it were entered today, which takes ten times as long.
            examples: number of ids kept for each issue.

        Raises:
            InvalidValueError: an argument is not valid.
        """
        from loyaltykit.loyalty.quality import read_quality  # as for ``match``

        at, position = self._runtime.instant(as_of), self._runtime.position(known_at)
        with self._runtime.storage.snapshot(position) as snapshot:
            return read_quality(
                snapshot,
                at,
                expected=expected,
                stale_after_days=stale_after_days,
                checker=checker,
                examples=examples,
            )

    def tiers(self, member_id: str, as_of: datetime | None = None, known_at: datetime | None = None) -> TierHistory:
        """Return every tier decision of a member, and the corrections by late transactions (``T8``, ``T10``).

        Args:
            member_id: id of the member.
            as_of: the last instant to include; None for now.
            known_at: leave out what was recorded at or after this instant; None for everything so far (``I16``).

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
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

    def segments(self, member_id: str, as_of: datetime | None = None) -> tuple[str, ...]:
        """Return the names of the segments that a member is in, in the order of the programme.

        Args:
            member_id: id of the member.
            as_of: any instant since the enrolment; None for now. The segments are those of the programme in force then.

        Raises:
            UnknownMemberError: no such member.
            NotEnrolledError: ``as_of`` precedes the enrolment.
        """
        at = self._runtime.instant(as_of)
        with self._runtime.storage.snapshot() as snapshot:
            state, rules = enrolled_account(snapshot, member_id, at).state_at(at), snapshot.rules()
            segments = rules.at(at).program.segments
            predicates = PredicateSet([segment.where for segment in segments], rules.newest.book)
            outcomes = predicates.outcomes(state.history, state.view)
        return tuple(segment.name for segment, holds in zip(segments, outcomes, strict=True) if holds)

    def _write(self, given: Transaction) -> Receipt:
        with self._runtime.storage.unit() as unit:
            return receipt_of(self._runtime.write(unit, given, self._runtime.now())[0])
