"""The face ``shop.storage``: operating the store."""

from __future__ import annotations

from loyaltykit.domain.verification import Finding, verify_member
from loyaltykit.loyalty.progress import Progress, check_progress, report
from loyaltykit.loyalty.runtime import Runtime


class Maintenance:
    """What the storage of a shop offers."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def verify(self, progress: Progress | None = None) -> list[Finding]:
        """Check every member's records against the invariants.

        Args:
            progress: called with how many members are done, and how many there are.

        Returns:
            What does not hold: the invariant, the member and the posting; empty when everything does.
        """
        check_progress(progress)
        findings: list[Finding] = []
        with self._runtime.storage.snapshot() as snapshot:
            members = list(snapshot.member_ids())
            for done, member_id in enumerate(members, start=1):
                enrolment = snapshot.find_enrolment(member_id)
                assert enrolment is not None  # its id was just listed
                recorded = [(record.transaction, record.decision) for record in snapshot.records(member_id)]
                account = snapshot.account(member_id)
                findings += verify_member(enrolment.member, self._runtime.rulebook, recorded, account)
                report(progress, done, len(members))
        return findings
