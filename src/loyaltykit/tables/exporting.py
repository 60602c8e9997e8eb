"""Writing tables of members, which read back to equal members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from attrs import frozen

from loyaltykit.domain.attributes import raise_problems
from loyaltykit.domain.facts.member_fields import stored_value
from loyaltykit.domain.members.member import Member
from loyaltykit.domain.program.program import Program
from loyaltykit.errors import InvalidValueError, Problem
from loyaltykit.rules.fields import Field
from loyaltykit.tables.columns.header import Vocabulary, vocabulary
from loyaltykit.tables.columns.headings import MEMBER_COLUMNS, Kind, Language, check_language
from loyaltykit.tables.columns.kinds import FIELD_KINDS, render
from loyaltykit.tables.columns.layouts import EXTRA, RECORD, USUAL, Layout, LayoutColumn
from loyaltykit.tables.columns.parsing import Manner
from loyaltykit.tables.formats.cells import Cell, Column
from loyaltykit.tables.formats.files import Format, Source, row_writer
from loyaltykit.tables.values import check_rows, manner_of
from loyaltykit.values import check_moment, check_text


@frozen(kw_only=True)
class MemberRow:
    """A member with what a table shows besides the record.

    Args:
        member: the record.
        points: the balance.
        tier: its name.
        last_purchase_at, last_purchase_amount: of the last purchase.

    Raises:
        InvalidValueError: everything that is wrong with it at once.

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

_TITLES: Final = {"zh": "会员", "en": "Members"}


@frozen
class _Shown:
    """A column that is written: its heading, and how a row becomes its cell."""

    column: Column
    kind: Kind
    value: Getter


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
        target: a path, whose ending tells the kind of file, or a file that is open for bytes. A path gets the whole
            table or stays as it was; only its owner may read it.
        members: as they come; a generator is written as it goes.
        program: the shop's, which knows the fields and the zone.
        layout: which columns; None for the whole record with every declared field.
        language: of the headings, ``"en"`` or ``"zh"``.
        format: ``"csv"``, ``"tsv"`` or ``"xlsx"``, where no path tells it.
        encoding: of a text file; None for UTF-8 with the mark by which Excel knows it.

    Returns:
        How many members were written.

    Raises:
        InvalidValueError: something is no member, or the layout has a column that there is not.
        TableError: it cannot be written there.
        MissingExtraError: it is to be XLSX, and openpyxl is not installed.

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
    manner = manner_of(program)
    check_language(language)
    shown = _shown(program, layout, language)
    check_rows(members, "members")
    columns = [item.column for item in shown]
    count = 0
    with row_writer(target, columns, format=format, encoding=encoding, title=_TITLES[language]) as write:
        for item in members:
            row = _row(item)
            write([_cell(column, row, manner, language) for column in shown])
            count += 1
    return count


def _row(item: object) -> MemberRow:
    if isinstance(item, MemberRow):
        return item
    if isinstance(item, Member):
        return MemberRow(member=item)
    raise InvalidValueError([Problem("members", "has something else", "pass Members, or MemberRows")])


def _cell(shown: _Shown, row: MemberRow, manner: Manner, language: Language) -> Cell:
    return render(shown.kind, shown.value(row), manner, language)


def _shown(program: Program, layout: Layout | None, language: Language) -> list[_Shown]:
    fields = {f"fields.{item.name}": item for item in program.fields if item.derived is None}
    words = vocabulary(MEMBER_COLUMNS, {"fields": fields.values()}, {})
    if layout is None:
        layout = Layout([*RECORD, *fields])
    elif not isinstance(layout, Layout):
        raise InvalidValueError([Problem("layout", "is not a Layout", "pass a Layout, or None")])
    return [_shown_column(item, fields, words, language) for item in layout.columns]


def _shown_column(item: LayoutColumn, fields: dict[str, Field], words: Vocabulary, language: Language) -> _Shown:
    declared, usual = fields.get(item.target), USUAL.get(item.target)
    if declared is not None:
        heading = item.heading(language, declared.heading(language))
        column = Column(words.heading_of(item.target, heading), item.unit)
        return _Shown(column, FIELD_KINDS[declared.type], lambda row: stored_value(row.member, declared))
    if usual is None:
        way_out = "name a part of the record, or declare the field in the programme"
        raise InvalidValueError([Problem("layout", "has a column that there is not", way_out)])
    heading = item.heading(language, usual.zh if language == "zh" else usual.en)
    return _Shown(Column(heading, item.unit), usual.kind, _getter(item.target))


def _getter(target: str) -> Getter:
    if target in EXTRA:
        return lambda row: getattr(row, target)
    if target == "contact":
        return lambda row: row.member.phone or row.member.email
    return lambda row: getattr(row.member, target)
