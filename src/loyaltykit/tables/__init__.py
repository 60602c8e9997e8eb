"""Tables in and out: CSV, TSV and XLSX files to and from members and transactions.

Nothing here knows a storage: what is read is given to ``shop.ingest``, what is written comes from ``shop.select``.
XLSX needs the extra ``excel``.
"""

from loyaltykit.tables.columns.layouts import MEMBERSHIP_TABLE, REGULARS_TABLE, Layout, LayoutColumn
from loyaltykit.tables.exporting import MemberRow, write_members
from loyaltykit.tables.facts import FactTable
from loyaltykit.tables.importing import Table, TableReading
from loyaltykit.tables.members import MemberTable
from loyaltykit.tables.outcomes import ImportSummary
from loyaltykit.tables.purchases import PurchaseTable
from loyaltykit.tables.statements import read_statement, write_statement

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
    "TableReading",
    "read_statement",
    "write_members",
    "write_statement",
]
