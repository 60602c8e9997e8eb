"""The columns of tables of members and purchases, with their usual headings in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias, cast
from unicodedata import normalize

from attrs import frozen

from loyaltykit.rules.words.wording import Language

Kind: TypeAlias = Literal[
    "text",
    "word",
    "integer",
    "decimal",
    "points",
    "flag",
    "date",
    "moment",
    "birthday",
    "list",
    "gender",
    "status",
    "contacts",
    "ids",
    "texts",
    "posting",
]
"""How the cells of a column are read and written. A word is a text whose spaces at the ends are ignored."""


@frozen
class KnownColumn:
    """A column with known headings.

    Args:
        target: the part of a member or a transaction that it holds.
        kind: how its cells are read and written.
        zh, en: its headings when it is written.
        also: other headings under which it is read.
    """

    target: str
    kind: Kind
    zh: str
    en: str
    also: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading under which the column is read, including its target."""
        return (self.target, self.zh, self.en, *self.also)


def _columns(table: str) -> tuple[KnownColumn, ...]:
    """Parse one column per line: target, kind, headings in Chinese and English, others; indented lines continue it."""
    lines = table.strip().replace("\n  ", ", ").splitlines()
    rows = [[word.strip() for word in line.split(",")] for line in lines]
    return tuple(KnownColumn(target, cast("Kind", kind), zh, en, tuple(also)) for target, kind, zh, en, *also in rows)


MEMBER_COLUMNS: Final = _columns("""
id, word, 会员编号, Member ID, 编号, 会员号, 会员卡号, 卡号, 客户编号, member number, card number, card, customer id
name, text, 姓名, Name, 客户姓名, 会员姓名, 顾客姓名, 客户名称, full name, customer name, customer, member name
contact, text, 联系方式, Contact, 联系信息, contact details
phone, text, 电话, Phone, 手机, 手机号, 手机号码, 电话号码, 联系电话
  phone number, mobile, mobile number, telephone, tel
email, text, 电子邮箱, E-mail, 邮箱, 邮件, 电子邮件, 邮箱地址, email address, mail
address, text, 地址, Address, 联系地址, 家庭住址, 住址, 通讯地址, street address
contacts, contacts, 全部联系方式, All contacts
gender, gender, 性别, Gender, sex
birthday, birthday, 生日, Birthday, 出生日期, birth date, date of birth, dob
region, text, 地区, Region, 所在地区, 区域, 城市, 所在城市, city, area
preferences, list, 偏好, Preferences, 喜好, 兴趣, interests, likes
tags, list, 标签, Tags, labels
channel, word, 注册渠道, Channel, 渠道, 来源, 来源渠道, registration channel
store, word, 注册门店, Store, 门店, 店铺, 所属门店, registration store, shop
external_ids, ids, 外部编号, External IDs
status, status, 状态, Status
reviewer, word, 审核人, Reviewer, reviewed by
review_due, date, 审核期限, Review due
enrolled_at, moment, 注册时间, Enrolled at, 注册日期, 入会时间, 入会日期, 加入时间, 开卡时间, 开卡日期
  registration time, registration date, registered at, registered, enrolled, joined, join date, member since
points, points, 积分, Points, 当前积分, 可用积分, 积分余额, 剩余积分, points balance
tier, word, 等级, Tier, 会员等级, 客户等级, 客户级别, 级别, 会员级别, level, membership level, member level
last_purchase_at, moment, 最近一次购买日期, Last purchase, 最近一次购买时间, 最近购买日期, 最近一次消费日期
  最近消费日期, 最近消费时间, 上次购买日期, last purchase date, last purchased at, last order date
last_purchase_amount, decimal, 购买金额, Last purchase amount, 最近购买金额, 最近一次购买金额, purchase amount
""")

PURCHASE_COLUMNS: Final = _columns("""
id, word, 订单号, Order ID, 单号, 小票号, 交易号, 流水号, 订单编号, order, order number, receipt, receipt number
  transaction id, purchase id
member_id, word, 会员编号, Member ID, 会员号, 会员卡号, 卡号, 客户编号, member, card, card number, customer id
occurred_at, moment, 购买时间, Bought at, 购买日期, 消费时间, 消费日期, 交易时间, 交易日期, 下单时间, 日期, 时间
  date, time, when, purchase date, order date
amount, decimal, 金额, Amount, 购买金额, 消费金额, 实付金额, 实付, 总额, 总金额, 订单金额, total, total amount, paid
channel, text, 渠道, Channel, 购买渠道, 销售渠道
store, text, 门店, Store, 店铺, 购买门店, shop
currency, word, 币种, Currency, 货币
rate, decimal, 汇率, Rate, exchange rate
sku, text, 商品编号, SKU, 货号, 商品编码, 产品编号, article, article number, product id
category, text, 商品类别, Category, 品类, 类别, 商品分类, 分类, product category
quantity, integer, 数量, Quantity, 件数, qty, units
line_amount, decimal, 小计, Line amount, 行金额, 商品金额, line total, subtotal
discount, decimal, 优惠金额, Discount, 折扣金额, 优惠
tax, decimal, 税额, Tax, 税, vat
""")

PERSONAL: Final = frozenset({"name", "contact", "phone", "email", "address", "contacts", "birthday"})
"""Columns of personal values, which must not be part of an id."""

SOURCE_ROW: Final[Mapping[Language, str]] = {"zh": "来源行", "en": "Source row"}

REASONS: Final[Mapping[Language, str]] = {"zh": "退回原因", "en": "Reasons"}

_UNIT = re.compile(r"(.*\S)\s*\(([^()]*)\)")
_IGNORED = str.maketrans("", "", " _-:*\u3000")


def normalized(heading: str) -> str:
    """Return a heading in normal form: without case, width, spaces and dashes.

    >>> normalized("Phone_Number："), normalized(" 客户 姓名")
    ('phonenumber', '客户姓名')
    """
    return normalize("NFKC", heading).casefold().translate(_IGNORED).strip()


def split_unit(heading: str) -> tuple[str, str]:
    """Return a heading and the unit in parentheses after it.

    >>> split_unit("购买金额（元）"), split_unit("Phone")
    (('购买金额', '元'), ('Phone', ''))
    """
    found = _UNIT.fullmatch(normalize("NFKC", heading).strip())
    return (found[1], found[2].strip()) if found else (heading, "")


def columns_by_heading(columns: Iterable[KnownColumn]) -> dict[str, KnownColumn]:
    """Return the columns by every heading in normal form."""
    return {normalized(heading): column for column in columns for heading in column.headings}
