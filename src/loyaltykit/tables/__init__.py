"""Tables in and out: CSV, TSV and XLSX files to and from members and transactions.

Nothing here knows a storage: what is read is given to ``shop.ingest``, what is written comes from ``shop.select``.
"""

from loyaltykit.tables.importing import Table, TableReading
from loyaltykit.tables.members import MemberTable
from loyaltykit.tables.outcomes import ImportSummary
from loyaltykit.tables.purchases import PurchaseTable

__all__ = ["ImportSummary", "MemberTable", "PurchaseTable", "Table", "TableReading"]
