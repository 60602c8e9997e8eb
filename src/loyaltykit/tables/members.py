"""Tables of members: each row is a member, with points, tier and last purchase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from attrs import field, frozen

from loyaltykit.arguments import named_arguments
from loyaltykit.domain.attributes import as_mapping
from loyaltykit.domain.forms.checker import RecordChecker
from loyaltykit.domain.forms.phones import check_region
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.read_only import NOTHING
from loyaltykit.rules.fields import Field
from loyaltykit.tables.columns.header import Header
from loyaltykit.tables.columns.headings import MEMBER_COLUMNS, PERSONAL, KnownColumn, columns_by_heading, normalized
from loyaltykit.tables.columns.layouts import EXTRA
from loyaltykit.tables.columns.parsing import CellOptions
from loyaltykit.tables.formats.cells import Row
from loyaltykit.tables.importing import Table
from loyaltykit.tables.member_transactions import MemberTransactions, RejectedError
from loyaltykit.tables.reasons import reasons_of
from loyaltykit.tables.rows import CellValues, Item, RowResult, make_id, read_cells, row_key
from loyaltykit.values import check_id, check_moment

_CONTACT_COLUMNS: Final = ("contact", "phone", "email", "address")
_EXTRA: Final = frozenset(EXTRA)
_OUTSIDE_RECORD: Final = _EXTRA | {*_CONTACT_COLUMNS, "contacts"}


@named_arguments
@frozen(kw_only=True)
class MemberTable(Table):
    """Options for reading a table of members.

    Usual headings in Chinese and English are recognized, such as 姓名, 联系方式, 注册时间, 积分, 等级, name, phone,
    points, and the names of the programme's declared fields. Points become an ``OpeningBalance``, a tier a
    ``TierGrant``, the last purchase a ``Purchase``. A row without an id gets one that is made of the source and the
    row, so that reading a table again gives the same items.

    Args:
        source, columns, key, dates, decimal_point, encoding, delimiter, sheet: as in ``Table``.
        default_region: the country of phone numbers without a country code, such as ``"CN"``.
        tiers: names of the programme's tiers by the words that the table uses for them.
        as_of: the instant of the points and tiers in the table; None for the instant of recording.
        actor: an opaque id of the person who imports the table.

    Raises:
        InvalidValueError: an argument is wrong; the error lists every problem.

    >>> from io import BytesIO
    >>> from loyaltykit import Program
    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> file = BytesIO("姓名,注册时间,积分\\n张三,2022-01-01,500\\n".encode())
    >>> member, opening = MemberTable(source="old-table").read(file, club)
    >>> member.id, member.enrolled_at.isoformat(), opening.lots[0].points
    ('old-table:2', '2022-01-01T00:00:00+08:00', 500)
    """

    default_region: str | None = None
    tiers: Mapping[str, str] = field(default=NOTHING, converter=as_mapping)
    as_of: datetime | None = None
    actor: str = "import"

    def _check(self, problems: list[Problem]) -> None:
        check_id(self.actor, "actor", problems)
        if self.as_of is not None:
            check_moment(self.as_of, "as_of", problems)
        if not isinstance(self.tiers, Mapping):
            problems.append(Problem("tiers", "is not a mapping", 'pass a dict such as {"金卡": "gold"}'))
        try:
            check_region(self.default_region)
        except InvalidValueError as error:
            problems.extend(error.problems)
        if isinstance(self.key, str) and isinstance(self.columns, Mapping):
            self._check_key(self.key, problems)

    def _check_key(self, key: str, problems: list[Problem]) -> None:
        declared = {normalized(heading): target for heading, target in self.columns.items() if isinstance(heading, str)}
        target = declared.get(normalized(key))
        known = columns_by_heading(MEMBER_COLUMNS).get(normalized(key))
        if (target or (known and known.target)) in PERSONAL:
            way_out = "name a column of opaque ids, or pass None for the number of the row"
            problems.append(Problem("key", "is a column of personal values", way_out))

    def _known(self) -> Iterable[KnownColumn]:
        return MEMBER_COLUMNS

    def _fields(self, program: Program) -> Mapping[str, Iterable[Field]]:
        return {"fields": [item for item in program.fields if item.derived is None]}

    def _results(
        self, header: Header, rows: Iterator[Row], program: Program, options: CellOptions
    ) -> Iterator[RowResult]:
        checker = RecordChecker(program, self.default_region)
        for row in rows:
            cells = read_cells(header, row, options)
            key = row_key(header, row, cells.problems)
            items = tuple(self._items(cells, key, program, checker))
            yield RowResult((row,), () if cells.problems else items, tuple(cells.problems))

    def _items(self, cells: CellValues, key: str, program: Program, checker: RecordChecker) -> Iterator[Item]:
        values, problems = cells.values, cells.problems
        own_id = values.get("id")
        member_id = make_id(self.source, key) if own_id is None else str(own_id).strip()
        member, found = checker.check(_record(member_id, cells))
        problems.extend(found)
        if member is not None:
            yield member
        if _EXTRA.isdisjoint(values):
            return
        transactions = MemberTransactions(
            self.source, key if own_id is None else member_id, member_id, self.actor, self.as_of, self.tiers, program
        )
        for make in (transactions.opening_balance, transactions.tier_grant, transactions.purchase):
            try:
                yield from make(values)
            except RejectedError as error:
                problems.append(error.problem)
            except InvalidValueError as error:
                problems.extend(reasons_of(error.problems))


def _record(member_id: str, cells: CellValues) -> dict[str, object]:
    """Return the record of a row, in the form that ``RecordChecker`` takes."""
    record: dict[str, object] = {}
    fields: dict[str, object] = {}
    for target, value in cells.values.items():
        _, _, name = target.partition(".")
        if name:
            fields[name] = value
        elif target not in _OUTSIDE_RECORD:
            record[target] = value
    # A member has enrolled before the last purchase.
    enrolled_at = cells.values.get("enrolled_at") or cells.values.get("last_purchase_at")
    return {**record, **_contacts(cells), "id": member_id, "enrolled_at": enrolled_at, "fields": fields}


def _contacts(cells: CellValues) -> dict[str, object]:
    """Return the contacts of a row; the first of each kind is the preferred one."""
    given = [(_kind(name, value), value) for name in _CONTACT_COLUMNS for value in cells.all_of(name)]
    first: dict[str, object] = {}
    more = [{"kind": kind, "value": value} for kind, value in given if first.setdefault(kind, value) is not value]
    listed = cells.values.get("contacts", [])
    return first | {"contacts": [*listed, *more]} if listed or more else first


def _kind(name: str, value: object) -> str:
    if name == "contact":
        return "email" if "@" in str(value) else "phone"
    return name
