"""Layouts: the columns and headings of a written table of members."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from attrs import field, frozen

from loyaltykit.domain.attributes import as_tuple, raise_problems
from loyaltykit.errors import Problem
from loyaltykit.rules.fields import Field
from loyaltykit.rules.words.wording import Language
from loyaltykit.tables.columns.headings import MEMBER_COLUMNS
from loyaltykit.values import check_text


@frozen
class LayoutColumn:
    """A column of a layout.

    Args:
        target: a part of the record, ``fields.name`` for a declared field, or ``points``, ``tier``,
            ``last_purchase_at``, ``last_purchase_amount``.
        zh, en: headings; None for the usual one.
        unit: the unit after its numbers, such as ``"元"``.

    Raises:
        InvalidValueError: an argument is not a text.

    >>> LayoutColumn("name", zh="客户姓名").heading("zh", "Name")
    '客户姓名'
    """

    target: str
    zh: str | None = None
    en: str | None = None
    unit: str = ""

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        for name in ("target", "unit"):
            if not isinstance(getattr(self, name), str):
                problems.append(Problem(name, "is not a string", "pass a string"))
        for name in ("zh", "en"):
            check_text(getattr(self, name), name, problems)
        raise_problems(problems)

    def heading(self, language: Language, usual: str) -> str:
        """Return the heading in a language; ``usual`` is the heading for None."""
        own = self.zh if language == "zh" else self.en
        return usual if own is None else own


def _fields(items: Iterable[Field]) -> tuple[Field, ...]:
    return as_tuple(items)


def _columns(given: Iterable[LayoutColumn | str]) -> tuple[LayoutColumn, ...]:
    items = as_tuple(given)
    # Validation refuses what is not a list.
    return tuple(_column(item) for item in items) if isinstance(items, tuple) else items


def _column(item: LayoutColumn | str) -> LayoutColumn:
    return LayoutColumn(item) if isinstance(item, str) else item


@frozen
class Layout:
    """The columns of a table of members, in order.

    Args:
        columns: ``LayoutColumn``, or targets for columns with their usual headings.
        fields: the declared fields among the columns, to be declared in the programme.

    Raises:
        InvalidValueError: there are no columns, or one occurs twice.

    >>> [column.target for column in Layout(["name", "points"]).columns]
    ['name', 'points']
    """

    columns: tuple[LayoutColumn, ...] = field(converter=_columns)
    fields: tuple[Field, ...] = field(default=(), converter=_fields)

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        if not isinstance(self.columns, tuple) or not all(isinstance(item, LayoutColumn) for item in self.columns):
            problems.append(Problem("columns", "is not a list of columns", 'pass targets such as "name"'))
        elif not self.columns or len({item.target for item in self.columns}) < len(self.columns):
            problems.append(Problem("columns", "has none, or one twice", "name each column once"))
        if not isinstance(self.fields, tuple) or not all(isinstance(item, Field) for item in self.fields):
            problems.append(Problem("fields", "is not a list of Field", "pass a list of Field"))
        raise_problems(problems)


USUAL: Final = {item.target: item for item in MEMBER_COLUMNS}
"""The known columns by target."""

EXTRA: Final = ("points", "tier", "last_purchase_at", "last_purchase_amount")
"""Columns of a table of members that are not part of the record."""

RECORD: Final = tuple(item.target for item in MEMBER_COLUMNS if item.target not in ("contact", *EXTRA))
"""The parts of a record, in the order of the default layout."""

MEMBERSHIP_TABLE: Final = Layout(
    columns=[
        LayoutColumn("name", "客户姓名", "Customer"),
        LayoutColumn("contact"),
        LayoutColumn("enrolled_at"),
        LayoutColumn("fields.frequency"),
        LayoutColumn("fields.amount_spent", unit="元"),
        LayoutColumn("points"),
        LayoutColumn("tier"),
        LayoutColumn("fields.service"),
        LayoutColumn("fields.campaigns"),
    ],
    fields=[
        Field("frequency", str, title="Purchase frequency", title_zh="消费频率"),
        Field("amount_spent", Decimal, title="Amount spent", title_zh="消费金额"),
        Field("service", str, title="Service record", title_zh="服务记录"),
        Field("campaigns", str, title="Campaigns", title_zh="营销活动参与情况"),
    ],
)
"""会员管理表格: members with their spending, points, tier, service and campaigns."""

REGULARS_TABLE: Final = Layout(
    columns=[
        LayoutColumn("name", "客户姓名", "Customer"),
        LayoutColumn("contact"),
        LayoutColumn("last_purchase_at"),
        LayoutColumn("last_purchase_amount", "购买金额(元)", "Purchase amount"),
        LayoutColumn("fields.feedback"),
    ],
    fields=[Field("feedback", str, title="Feedback", title_zh="客户反馈")],
)
"""老客户维护表格: regular customers with their last purchase and feedback."""
