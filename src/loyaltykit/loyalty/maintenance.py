"""Operation of the store: ``shop.storage``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from loyaltykit.domain.views.reconciliation import Reconciliation, check_expected, compare_balances
from loyaltykit.domain.views.verification import Finding, verify_member, verify_merged
from loyaltykit.loyalty.runtime import Runtime, enrolled_accounts
from loyaltykit.ports import Snapshot
from loyaltykit.progress import Progress, check_progress, report
from loyaltykit.values import to_datetime


class Maintenance:
    """Checks of a store."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def verify(self, progress: Progress | None = None) -> list[Finding]:
        """Check every member's records against the invariants.

        Args:
            progress: called with the number of members done and their total.

        Returns:
            The violations, each with its invariant, member and posting; empty when all invariants hold.
        """
        check_progress(progress)
        findings: list[Finding] = []
        with self._runtime.storage.snapshot() as snapshot:
            members = list(snapshot.member_ids())
            for done, member_id in enumerate(members, start=1):
                findings += self._verify(snapshot, member_id)
                report(progress, done, len(members))
        return findings

    def _verify(self, snapshot: Snapshot, member_id: str) -> list[Finding]:
        rules, joint = snapshot.rules(), snapshot.joint(member_id)
        if len(joint.members) > 1:
            known = [rules.known_by(sequence) for sequence in joint.sequences]
            return verify_merged(joint, member_id, rules, lambda: snapshot.account(member_id), known)
        records = snapshot.records(member_id)
        known = [rules.known_by(record.sequence) for record in records]
        recorded = [(record.transaction, record.decision) for record in records]
        return verify_member(joint.members[member_id], rules, recorded, snapshot.account(member_id), known)

    def reconcile(self, expected: Mapping[str, int], as_of: datetime | None = None) -> Reconciliation:
        """Compare balances with those of another system, after moving them from there (``S22``).

        Args:
            expected: points by member id in the other system.
            as_of: the instant of the comparison; None for now.

        Returns:
            Members that agree, that differ, that are missing here, and that have points here and are not in
            ``expected``.

        Raises:
            InvalidValueError: ``expected`` is not a mapping of ids to points.
        """
        check_expected(expected)
        at = self._runtime.instant(as_of)
        with self._runtime.storage.snapshot() as snapshot:
            accounts = enrolled_accounts(snapshot, at)
            return compare_balances(accounts, expected, at, to_datetime(at, self._runtime.calendar.zone))
