"""Writing of tables of members, which ``MemberTable`` reads back as equal members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from attrs import frozen

from loyaltykit.domain.attributes import raise_problems
from loyaltykit.domain.facts.member_fields import kept_value
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.fields import Field
from loyaltykit.rules.words.wording import Language
from loyaltykit.tables.columns.header import Vocabulary, vocabulary
from loyaltykit.tables.columns.headings import MEMBER_COLUMNS
from loyaltykit.tables.columns.kinds import FIELD_KINDS
from loyaltykit.tables.columns.layouts import EXTRA, RECORD, USUAL, Layout, LayoutColumn
from loyaltykit.tables.formats.cells import Column
from loyaltykit.tables.formats.files import Format, Source
from loyaltykit.tables.typed_rows import Output, OutputColumn, cell_options, check_rows, write_typed_rows
from loyaltykit.values import check_moment, check_text


@frozen(kw_only=True)
class MemberRow:
    """A member with further columns of a table.

    Args:
        member: the record.
        points: the balance.
        tier: the name of the tier.
        last_purchase_at, last_purchase_amount: of the last purchase.

    Raises:
        InvalidValueError: an argument is wrong; the error lists every problem.

    >>> MemberRow(member=Member(id="m-1"), points=500, tier="gold").points
    500
    """

    member: Member
    points: int | None = None
    tier: str | None = None
    last_purchase_at: datetime | None = None
    last_purchase_amount: Decimal | None = None

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not isinstance(self.member, Member):
            problems.append(Problem("member", "is not a Member", "pass a Member"))
        if self.points is not None and (not isinstance(self.points, int) or isinstance(self.points, bool)):
            problems.append(Problem("points", "is not an int", "pass whole points, or None"))
        check_text(self.tier, "tier", problems)
        if self.last_purchase_at is not None:
            check_moment(self.last_purchase_at, "last_purchase_at", problems)
        amount = self.last_purchase_amount
        if amount is not None and not (isinstance(amount, Decimal) and amount.is_finite()):
            problems.append(Problem("last_purchase_amount", "is not a finite Decimal", "pass a Decimal, or None"))
        raise_problems(problems)


Getter: TypeAlias = Callable[[MemberRow], object]
_MemberColumn: TypeAlias = tuple[OutputColumn, Getter]


def write_members(
    target: Source,
    members: Iterable[Member | MemberRow],
    program: Program,
    *,
    layout: Layout | None = None,
    language: Language = "en",
    format: Format | None = None,
    encoding: str | None = None,
) -> int:
    """Write a table of members: CSV, TSV or XLSX, with typed cells, a frozen heading row and no formulas.

    Args:
        target: a path or a binary file. A file at the path is replaced when the table is complete, and left as it was
            if writing fails; only its owner may read the new one.
        members: members, or rows with further columns; a generator is written as it goes.
        program: the shop's, for its fields and its time zone.
        layout: the columns; None for the whole record with every declared field.
        language: the language of the headings, ``"en"`` or ``"zh"``.
        format: ``"csv"``, ``"tsv"`` or ``"xlsx"``; None to derive it from the path.
        encoding: the encoding of a text file; None for UTF-8 with a byte-order mark, which Excel needs.

    Returns:
        The number of members.

    Raises:
        InvalidValueError: an argument is wrong, an item is not a member, or the layout has an unknown column.
        TableError: the file cannot be written.
        MissingExtraError: the format is XLSX and openpyxl is not installed.

    >>> from io import BytesIO
    >>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
    >>> file = BytesIO()
    >>> shown = Layout(["name", "phone", "points"])
    >>> zhang = MemberRow(member=Member(id="m-1", name="张三", phone="+8613800138000"), points=500)
    >>> write_members(file, [zhang], club, layout=shown, language="zh", format="csv", encoding="utf-8")
    1
    >>> print(file.getvalue().decode().replace("\\r", ""), end="")
    姓名,电话,积分
    张三,'+8613800138000,500
    """
    options = cell_options(program)
    columns = _columns(program, layout, language)
    check_rows(members, "members")
    output = Output(target, language, format, encoding, "会员" if language == "zh" else "Members")
    rows = ([getter(row) for _, getter in columns] for row in map(_row, members))
    return write_typed_rows(output, [column for column, _ in columns], rows, options)


def _row(item: object) -> MemberRow:
    if isinstance(item, MemberRow):
        return item
    if isinstance(item, Member):
        return MemberRow(member=item)
    raise InvalidValueError([Problem("members", "has an item that is not a Member", "pass Members or MemberRows")])


def _columns(program: Program, layout: Layout | None, language: Language) -> list[_MemberColumn]:
    fields = {f"fields.{item.name}": item for item in program.fields if item.derived is None}
    words = vocabulary(MEMBER_COLUMNS, {"fields": fields.values()}, {})
    if layout is None:
        layout = Layout([*RECORD, *fields])
    elif not isinstance(layout, Layout):
        raise InvalidValueError([Problem("layout", "is not a Layout", "pass a Layout, or None")])
    return [_column(item, fields, words, language) for item in layout.columns]


def _column(item: LayoutColumn, fields: dict[str, Field], words: Vocabulary, language: Language) -> _MemberColumn:
    declared, usual = fields.get(item.target), USUAL.get(item.target)
    if declared is not None:
        heading = words.heading_of(item.target, item.heading(language, declared.heading(language)))
        kind = FIELD_KINDS[declared.type]
        return (Column(heading, item.unit), kind), lambda row: kept_value(row.member, declared)
    if usual is None:
        way_out = "name a part of the record, or declare the field in the programme"
        raise InvalidValueError([Problem("layout", f"has an unknown column {item.target!r}", way_out)])
    heading = item.heading(language, usual.zh if language == "zh" else usual.en)
    return (Column(heading, item.unit), usual.kind), _getter(item.target)


def _getter(target: str) -> Getter:
    if target in EXTRA:
        return lambda row: getattr(row, target)
    if target == "contact":
        return lambda row: row.member.phone or row.member.email
    return lambda row: getattr(row.member, target)
