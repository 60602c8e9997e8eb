"""The machine edits records: now, dated back, on a version that stands or does not, of whoever survives (``T10``)."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.machine.base import BIRTHDAYS, Data
from tests.machine.merges import MergesMachine
from tests.machine.pair import FIRED
from tests.oracle.records import Update

VALUES: dict[str, list[Any]] = {
    "name": ["Li", None],
    "gender": ["female", None],
    "birthday": [*BIRTHDAYS, date(1999, 4, 30)],
    "region": ["Wuhan", "Rome", None],
    "tags": [[], ["tea"], ["tea", "late"]],
    "status": ["active", "pending", "closed"],
}


class RecordsMachine(MergesMachine):
    """What is written into records."""

    @rule(data=st.data(), part=st.sampled_from(list(VALUES)), base=st.sampled_from([None, None, 0, 0, -1, 1]))
    def edit_record(self, data: Data, part: str, base: int | None) -> None:
        """Mostly one part differs from the record of that date; who is not active soon is again."""
        self.meanwhile(data)
        member, at = self.draw_member(data), self.draw_past(data)
        account = self.pair.account(member)
        standing = account.record(max(at or self.now, account.enrolled_at))
        wanted = {part: data.draw(st.sampled_from(VALUES[part]), label="value")}
        if standing.status != "active" or (part == "status" and data.draw(st.booleans(), label="and back")):
            wanted |= {"status": "active"}
        number = None if base is None else max(1, len(account.edits) + 1 + base)
        reason = data.draw(st.sampled_from(["a mistake", "a mistake", None]), label="reason")
        id = data.draw(st.sampled_from([account.id, account.id, member]), label="under")
        given = Update(self.new_id("b"), standing.evolve(id=id, **wanted), "staff", number, reason, at)
        FIRED["edit_record"] += self.pair.edit(given)
        self.probes.append(at or self.now)
