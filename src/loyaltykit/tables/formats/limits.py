"""How large a table may be. Beyond these a file is refused, not cut short."""

from __future__ import annotations

from typing import Final

MAX_ROWS: Final = 10_000_000
"""Rows of a text file; a sheet has at most 1,048,576."""

MAX_SHEET_ROWS: Final = 1_048_576

MAX_COLUMNS: Final = 1_000

MAX_CELL_LENGTH: Final = 32_767
"""Characters of one cell: as many as Excel holds."""

MAX_ROW_LENGTH: Final = 1_048_576
"""Characters of one row of a text file: a quote that is never closed stops there."""

MAX_UNPACKED_BYTES: Final = 2 * 1024**3
"""What all parts of an XLSX file unpack to."""

MAX_HELD_BYTES: Final = 256 * 1024**2
"""What all parts but the sheets unpack to: they are held in memory, the shared texts among them."""

MAX_CONTENTS_BYTES: Final = 4 * 1024**2

MAX_PARTS: Final = 10_000

SAMPLE_BYTES: Final = 65_536
"""How much of a text file is looked at to find its encoding and its delimiter."""

HEADING_ROWS: Final = 10
"""Among so many first rows the headings are looked for: many sheets have a title above them."""
