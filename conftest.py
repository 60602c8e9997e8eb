"""README, docs and docstrings are tests: every Python snippet in them runs.

The snippets of one page share a namespace and run from top to bottom, as a reader would type them.
"""

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.doctest import DocTestParser
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.sybil import SybilCollection

pages = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"])
docstrings = Sybil(
    parsers=[DocTestParser(optionflags=ELLIPSIS)],
    patterns=["loyaltykit/*.py", "loyaltykit/*/*.py", "loyaltykit/*/*/*.py"],
)

pytest_collect_file = SybilCollection([pages, docstrings]).pytest()
