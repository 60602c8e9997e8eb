"""The words of every problem code, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Words(NamedTuple):
    """The words of one code. They name parameters of the problem in braces, and never what was refused."""

    reason: str
    way_out: str
    reason_zh: str
    way_out_zh: str


_RECORDS: Final = {
    "record.type": Words("is not a mapping of fields and values", "pass a dict", "不是字段与值的对应表", "请传入字典"),
    "record.unknown": Words(
        "is not a field of a member record", "check the name", "不是会员资料的字段", "请检查字段名称"
    ),
    "record.limit": Words(
        "breaks a limit of member records",
        "check its type, length and number of items",
        "不符合会员资料的限制",
        "请检查该项的类型、长度和数量",
    ),
    "id.missing": Words(
        "is missing", "give the member an id of the shop's own", "缺少会员编号", "请填写本店的会员编号"
    ),
    "id.invalid": Words(
        "is not an id", "pass a string of 1 to 128 printable characters", "不是有效的编号", "请填写1至128个可显示的字符"
    ),
    "text.type": Words("is not text", "pass a string", "不是文字", "请填写文字"),
    "text.long": Words("is longer than 1000 characters", "shorten it", "超过1000个字符", "请缩短"),
    "text.invalid": Words(
        "has a lone surrogate or a NUL", "pass valid Unicode text", "含有无效字符", "请使用有效的Unicode文字"
    ),
    "phone.invalid": Words("is not a valid phone number", "check the digits", "不是有效的电话号码", "请核对号码"),
    "phone.region": Words(
        "has no country code, and no default region is given",
        "begin it with + and the country code, or pass default_region",
        "缺少国家代码，也没有指定默认地区",
        "请以+和国家代码开头，或指定默认地区",
    ),
    "phone.extension": Words(
        "has an extension",
        "keep the extension in the label of the contact",
        "含有分机号",
        "请把分机号写入联系方式的标签",
    ),
    "contact.contradiction": Words(
        "is not the contact marked as preferred",
        "give it in one way only",
        "与标记为首选的联系方式不一致",
        "请只用一种方式填写",
    ),
    "email.invalid": Words("is not a valid e-mail address", "check the spelling", "不是有效的邮箱地址", "请核对拼写"),
    "date.invalid": Words("is not a date", "write it as 2025-01-31", "不是有效的日期", "请写成2025-01-31的形式"),
    "birthday.invalid": Words(
        "is not a date",
        "write it as 1990-01-31, or --01-31 without the year",
        "不是有效的日期",
        "请写成1990-01-31的形式，不知年份时写成--01-31",
    ),
    "birthday.calendar": Words(
        "is in a calendar that is not registered",
        "call register_calendar first",
        "所用历法尚未登记",
        "请先调用register_calendar登记该历法",
    ),
    "moment.invalid": Words(
        "is not a date or a point in time",
        "write it as 2025-01-31 or 2025-01-31T08:00:00+08:00",
        "不是有效的日期或时间",
        "请写成2025-01-31或2025-01-31T08:00:00+08:00的形式",
    ),
    "status.unknown": Words(
        "is not a status", 'use "pending", "active" or "closed"', "不是三种状态之一", "请填写待审核、正常或已注销"
    ),
    "set.type": Words("is not a list of texts", "pass a list of strings", "不是文字列表", "请填写一组文字"),
    "contacts.type": Words(
        "is not a list of contacts", "pass a list of contacts", "不是联系方式列表", "请填写一组联系方式"
    ),
    "external_ids.type": Words(
        "is not a mapping of channels and ids",
        "pass a dict of channels and ids",
        "不是渠道与编号的对应表",
        "请填写各渠道的编号",
    ),
    "fields.type": Words("is not a mapping", "pass a dict of names and values", "不是对应表", "请填写名称与值"),
    "field.unknown": Words(
        "is not declared", "declare it with Field in the programme", "方案中没有这个字段", "请先在方案中定义该字段"
    ),
    "field.missing": Words("is missing", "give it a value", "缺少必填项", "请填写"),
    "field.derived": Words(
        "is derived from the rest of the record", "leave it out", "由其他资料推算得出", "请不要填写"
    ),
    "field.renamed": Words(
        "is given under its present and under an earlier name",
        "give it once, as {name}",
        "同时用新旧名称填写",
        "请只用名称{name}填写一次",
    ),
    "field.type": Words(
        "does not fit its declaration", "pass what the programme declares", "类型不符", "请按方案的规定填写"
    ),
    "field.number": Words(
        "does not fit its declaration",
        "pass what the programme declares",
        "不是有限的数，或超过18位",
        "请按方案的规定填写",
    ),
    "field.text": Words(
        "does not fit its declaration",
        "pass what the programme declares",
        "文字过长或含有无效字符",
        "请按方案的规定填写",
    ),
    "field.choice": Words(
        "does not fit its declaration", "pass what the programme declares", "不在可选项之中", "请按方案的规定填写"
    ),
    "field.pattern": Words(
        "does not fit its declaration", "pass what the programme declares", "格式不符", "请按方案的规定填写"
    ),
    "field.least": Words(
        "does not fit its declaration", "pass what the programme declares", "小于{least}", "请按方案的规定填写"
    ),
    "field.most": Words(
        "does not fit its declaration", "pass what the programme declares", "大于{most}", "请按方案的规定填写"
    ),
}

_TRANSACTIONS: Final = {
    "transaction.type": Words("is not a mapping of keys and values", "pass a dict", "不是键与值的对应表", "请传入字典"),
    "transaction.kind": Words(
        "is not a kind of transaction", 'use a kind such as "purchase"', "不是交易类型", "请填写交易类型，例如purchase"
    ),
    "transaction.part": Words("is not a mapping of keys and values", "pass a dict", "不是键与值的对应表", "请传入字典"),
    "transaction.unknown": Words(
        "is not a part of this transaction", "check the name", "不是该交易的字段", "请检查字段名称"
    ),
}

_QUESTIONS: Final = {
    "limit.range": Words(
        "is out of range",
        "pass an integer from {least} to {most}",
        "超出范围",
        "请填写{least}至{most}之间的整数",
    ),
    "cursor.invalid": Words(
        "is not a cursor of these pages", "pass the value of next unchanged", "不是这些页的游标", "请原样传入next的值"
    ),
    "kinds.unknown": Words(
        "is not a collection of kinds of transaction", "use some of {kinds}", "不是交易类型的集合", "请从{kinds}中选择"
    ),
    "instant.future": Words(
        "is in the future", "use now or an earlier instant", "晚于当前时间", "请使用现在或更早的时间"
    ),
}

_TABLES: Final = {
    "cell.number": Words("is not a number", "write digits, such as 1234.50", "不是数字", "请写数字，例如1234.50"),
    "cell.digits": Words("has more than 18 digits", "check the number", "超过18位", "请核对数字"),
    "cell.whole": Words("is not a whole number", "write it without decimals", "不是整数", "请写整数"),
    "cell.points": Words("is not a number of points", "write digits, such as 500", "不是积分数", "请写数字，例如500"),
    "cell.flag": Words("is neither yes nor no", "write yes or no", "既不是“是”也不是“否”", "请写“是”或“否”"),
    "cell.currency": Words(
        "has a unit that is not the programme's currency",
        "write the number without it",
        "单位不是方案所用的货币",
        "请只写数字",
    ),
    "cell.separators": Words(
        "has commas or points in the wrong place",
        'write 1234.50, or pass decimal_point=","',
        "逗号或小数点的位置不对",
        "请写成1234.50的形式",
    ),
    "cell.rounded": Words(
        "is a number of more than 15 digits",
        "Excel has rounded it: format the column as text",
        "是超过15位的数字，已被Excel取整",
        "请把该列设为文本格式",
    ),
    "cell.date": Words("is not a date", "write it as 2025-01-31", "不是日期", "请写成2025-01-31的形式"),
    "cell.no_date": Words("is not a day of the calendar", "check the date", "日历上没有这一天", "请核对日期"),
    "cell.date_order": Words(
        "does not say which number is the day",
        'write 2025-01-31, or pass dates="dmy" or dates="mdy"',
        "看不出哪个数字是日",
        "请写成2025-01-31的形式",
    ),
    "cell.time": Words("has a time of day", "write the day only", "带有时间", "请只写日期"),
    "cell.year": Words("is outside the years 1900 to 2199", "check the year", "不在1900年至2199年之间", "请核对年份"),
    "cell.exported": Words(
        "is not what was exported",
        "leave it as it was exported, or empty it",
        "与导出的内容不符",
        "请保持导出时的内容，或清空",
    ),
    "row.short": Words(
        "has fewer cells than there are headings",
        "complete it: a cell is missing",
        "单元格少于标题",
        "该行不完整，请补全",
    ),
    "row.long": Words(
        "has more cells than there are headings",
        "put quotes around texts with commas in them",
        "单元格多于标题",
        "请给含逗号的内容加上引号",
    ),
    "row.other": Words("has other problems", "see the file of rejected rows", "还有其他问题", "请查看退回的行"),
    "key.empty": Words(
        "is empty", "give the row one that no other row of the table has", "为空", "请填写该行独有的编号"
    ),
    "points.negative": Words(
        "is negative", "record what is owed as an Adjustment", "是负数", "欠的积分请另外以调整（Adjustment）登记"
    ),
    "tier.unknown": Words(
        "is not a tier of the programme",
        'use one of its names, or pass tiers={{"word": "name"}}',
        "方案中没有这个等级",
        "请填写方案中的等级名称",
    ),
    "value.missing": Words("is missing", "fill it in", "缺少", "请填写"),
    "purchase.long": Words(
        "has more than 10,000 rows",
        "give each purchase an order id of its own",
        "超过10000行",
        "请给每笔购买单独的订单号",
    ),
    "purchase.differs": Words(
        "differs within one purchase",
        "give it once, or the same in each row",
        "同一笔购买中前后不一致",
        "请只写一次，或各行写成一样",
    ),
    "value.limit": Words("breaks a limit", "check it", "不符合限制", "请检查该项"),
}

_QUALITY: Final = {
    "missing": Words("is missing", "enter it", "缺失", "请补填"),
    "duplicate": Words(
        "belongs to several members",
        "merge them, or correct all but one",
        "为多名会员所用",
        "请合并会员，或更正其他会员的资料",
    ),
    "masked": Words("is masked", "ask the member for it", "经过遮掩", "请向会员询问"),
    "review.overdue": Words("the review is overdue", "review the record", "审核已逾期", "请审核该资料"),
    "record.old": Words(
        "has not changed for long", "ask the member whether it is still right", "长期未更新", "请向会员核实"
    ),
    "enrolled.future": Words("is in the future", "correct the date", "晚于今天", "请更正日期"),
    "birthday.future": Words("is in the future", "correct the date", "晚于今天", "请更正日期"),
    "birthday.oldest": Words("is more than 120 years ago", "correct the year", "过于久远", "请更正年份"),
    "birthday.after_enrolment": Words(
        "is after the enrolment", "correct one of the two", "晚于注册时间", "请更正其中一项"
    ),
}

_LINT: Final = {
    "lint.never_applies": Words(
        "has a rule that nothing can meet", "correct the rule, or remove it", "规则永远不会成立", "请更正或删除该规则"
    ),
    "lint.always_applies": Words(
        "has a rule that everything meets", "remove the rule, or narrow it", "规则总是成立", "请删除或收窄该规则"
    ),
    "lint.empty_validity": Words(
        "is valid on no day on which it can give points",
        "bring the dates together",
        "在有效期内不会产生积分",
        "请核对各日期",
    ),
    "lint.accrual_on_points": Words(
        "gives points on what was paid with points",
        'use "net_of_points"',
        "对用积分支付的部分也给积分",
        '请使用"net_of_points"',
    ),
    "lint.expiry_not_longer_than_pending": Words(
        "ends points before they can be spent",
        "let points live longer or become active sooner",
        "积分在可用之前就已过期",
        "请延长有效期，或提早生效",
    ),
    "lint.unreachable_tier": Words(
        "can never be a member's tier",
        "correct the rules to enter, or remove the tier",
        "没有会员能达到该等级",
        "请更正升级规则，或删除该等级",
    ),
    "lint.thresholds_not_monotone": Words(
        "asks for less than a lower tier",
        "ask for at least as much as in every lower tier",
        "门槛低于更低的等级",
        "门槛不应低于任何更低的等级",
    ),
    "lint.keep_harder_than_enter": Words(
        "asks for more than enter", "ask for no more than to enter", "保级条件高于升级条件", "保级条件不应高于升级条件"
    ),
    "lint.overlapping_segments": Words(
        "overlaps a segment of its family",
        "narrow one of the two, or take one out of the family",
        "与同一组的另一人群重叠",
        "请收窄其中一个，或移出该组",
    ),
}

_VALUES: Final = {
    "currency.unknown": Words(
        "is not a currency code of ISO 4217", "use {known}", "不是ISO 4217货币代码", "请使用{known}"
    ),
    "number.invalid": Words(
        "is not a decimal number",
        'pass a Decimal, an int or a string such as "12.50"',
        "不是有效的数",
        "请填写数字，例如12.50",
    ),
    "number.zero": Words("is not above zero", "pass a number above zero", "不大于零", "请填写大于零的数"),
    "number.negative": Words("is negative", "pass a number of zero or more", "是负数", "请填写零或更大的数"),
    "moment.type": Words("is not a datetime", "pass an aware datetime", "不是时间", "请传入带时区的datetime"),
    "moment.naive": Words(
        "is a naive datetime",
        "give it a tzinfo, such as the shop's ZoneInfo",
        "没有时区",
        "请加上时区，例如本店的ZoneInfo",
    ),
    "moment.range": Words(
        "is outside the years 1900 to 2199", "check the year", "不在1900年至2199年之间", "请核对年份"
    ),
    "points.type": Words("is not an int", "pass whole points", "不是整数", "请填写整数积分"),
    "points.zero": Words("is zero", "pass a whole number other than zero", "为零", "请填写不为零的整数"),
    "points.limit": Words(
        "is beyond 10^15", "pass a whole number of at most 10^15", "超过10^15", "请填写不超过10^15的整数"
    ),
    "points.sum": Words(
        "would be more than 10^15 of all that ever came to the member",
        "check the amount",
        "会使该会员累计的积分超过10^15",
        "请核对数额",
    ),
}

WORDS: Final[Mapping[str, Words]] = {
    **_RECORDS,
    **_TRANSACTIONS,
    **_QUESTIONS,
    **_TABLES,
    **_QUALITY,
    **_LINT,
    **_VALUES,
}
