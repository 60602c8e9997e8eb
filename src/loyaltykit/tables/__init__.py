"""Read and write CSV, TSV and XLSX files of members, purchases, facts and statements.

Give what ``MemberTable`` and ``PurchaseTable`` read to ``shop.ingest``. XLSX needs the extra ``excel``.

>>> from io import BytesIO
>>> from loyaltykit import Program
>>> club = Program(name="Club", currency="CNY", timezone="Asia/Shanghai")
>>> file = BytesIO("姓名,积分\\n张三,500\\n李四,x\\n".encode())
>>> print(MemberTable(source="old-table").check(file, club))
2 rows: 1 accepted, 1 rejected; 1 members, 1 transactions
points: is not a number of points: 1
"""

from loyaltykit.tables.columns.layouts import MEMBERSHIP_TABLE, REGULARS_TABLE, Layout, LayoutColumn
from loyaltykit.tables.exporting import MemberRow, write_members
from loyaltykit.tables.facts import FactTable
from loyaltykit.tables.importing import Table, TableReader
from loyaltykit.tables.members import MemberTable
from loyaltykit.tables.purchases import PurchaseTable
from loyaltykit.tables.statements import read_statement, write_statement
from loyaltykit.tables.summary import ImportSummary

__all__ = [
    "MEMBERSHIP_TABLE",
    "REGULARS_TABLE",
    "FactTable",
    "ImportSummary",
    "Layout",
    "LayoutColumn",
    "MemberRow",
    "MemberTable",
    "PurchaseTable",
    "Table",
    "TableReader",
    "read_statement",
    "write_members",
    "write_statement",
]
