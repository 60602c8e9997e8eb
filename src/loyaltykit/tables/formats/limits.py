"""Limits on the size of a file. A larger file is refused, not truncated."""

from __future__ import annotations

from typing import Final

MAX_ROWS: Final = 10_000_000
"""Rows of a text file; a sheet has at most 1,048,576."""

MAX_SHEET_ROWS: Final = 1_048_576

MAX_COLUMNS: Final = 1_000

MAX_CELL_LENGTH: Final = 32_767
"""Characters of one cell, as in Excel."""

MAX_ROW_LENGTH: Final = 1_048_576
"""Characters of one row of a text file. It limits rows whose quotes are not closed."""

MAX_UNPACKED_BYTES: Final = 2 * 1024**3
"""Unpacked size of all parts of an XLSX file."""

MAX_HELD_BYTES: Final = 256 * 1024**2
"""Unpacked size of all parts but the sheets, such as shared texts, which are kept in memory."""

MAX_CONTENTS_BYTES: Final = 4 * 1024**2

MAX_PARTS: Final = 10_000

SAMPLE_BYTES: Final = 65_536
"""Bytes of a text file from which its encoding and its delimiter are detected."""

HEADING_ROWS: Final = 10
"""First rows among which the headings are searched, because many sheets have a title above them."""
