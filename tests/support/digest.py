"""D: a digest of everything a storage holds, in canonical form.

Left out is what two right runs may differ in: ``recorded_at``, sequence numbers, how settlements were split into runs,
and by which steps members became one: who is one stands there, the merges do not. Only the port is asked, so D means
the same for every storage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from attrs import fields, has

from loyaltykit.domain.accounts.decision import Decision
from loyaltykit.domain.ledger.entries import Movement
from loyaltykit.domain.transactions.merges import Merge, Unmerge
from loyaltykit.loyalty.member_versions import read_member_versions
from loyaltykit.ports import Record, Snapshot, Storage
from loyaltykit.values import to_instant

_LEFT_OUT = {"number", "recorded_at", "sequence"}


def digest(storage: Storage) -> str:
    """D as a text; equal states give equal texts, in every process."""
    return sha256(canonical(storage).encode()).hexdigest()


def canonical(storage: Storage) -> str:
    """The whole state as JSON, to look at when two digests differ."""
    with storage.snapshot() as snapshot:
        state = {member_id: _member(snapshot, member_id) for member_id in snapshot.member_ids()}
    return json.dumps(state, sort_keys=True, ensure_ascii=False, indent=1)


def _member(snapshot: Snapshot, member_id: str) -> dict[str, Any]:
    records = snapshot.records(member_id)
    settled = [record.decision for record in records if record.transaction is None]
    rows = [row for record in records for row in record.decision.rows]
    return {
        "ids": sorted(snapshot.joint(member_id).group(member_id)),
        "enrolment": plain(snapshot.find_enrolment(member_id)),
        "versions": [plain(version) for version in read_member_versions(snapshot, member_id)],
        "transactions": [
            _transaction(record) for record in records if not isinstance(record.transaction, Merge | Unmerge | None)
        ],
        "expiries": _expiries(settled),
        # So is what falls due by itself.
        "movements": sorted(json.dumps(plain(item)) for item in _movements(records)),
        # A check is written by whatever comes first: a settlement, or the next transaction.
        "tiers": sorted((plain(row) for row in rows), key=lambda row: (row["at"], row["cause"])),
    }


def _movements(records: Sequence[Record]) -> Iterator[Movement]:
    for record in records:
        yield from (item for item in record.decision.movements if item.kind != "merge")


def _transaction(record: Record) -> dict[str, Any]:
    return {
        "given": plain(record.given),
        "transaction": plain(record.transaction),
        "postings": plain(record.decision.postings),
        "receipt": plain(record.decision.receipt),
    }


def _expiries(decisions: list[Decision]) -> dict[str, int]:
    """What was written off, by lapse: two runs may write one lapse in two parts."""
    written: dict[str, int] = {}
    for decision in decisions:
        for posting in decision.postings:
            key = json.dumps(plain(posting.lapse), sort_keys=True)
            written[key] = written.get(key, 0) + posting.points
    return written


def plain(value: object) -> Any:
    """A value as JSON knows it: instants as microseconds, numbers as their shortest text, mappings in order."""
    kind: type = type(value)
    if has(kind):
        names = [part.name for part in fields(kind) if part.name not in _LEFT_OUT]
        return {"type": kind.__name__} | {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return to_instant(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return value
