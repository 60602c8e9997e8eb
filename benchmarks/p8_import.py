"""P8: ``import loyaltykit`` in a fresh process beside ``import attrs``.

The target is judged on the import statement alone, timed inside the new process; starting the interpreter would only
soften the ratio. The statement loads the door only (docs/decisions/0013), so beside it stands what a user pays in the
end: the same up to a small programme, and up to its shop. They have no target.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.harness import Report, Side, Target, alternate, compare

ROUNDS = 21
FORBIDDEN = ("sqlalchemy", "pyarrow", "numpy", "pandas", "narwhals", "cattrs")

TIMED = "from time import perf_counter as now; start = now(); {statements}; print(now() - start)"
PROGRAMME = """\
import loyaltykit as lk; from loyaltykit.rules import per_amount; \
base = lk.AccrualRule("base", per_amount()); \
club = lk.Program(name="P8", currency="EUR", timezone="UTC", accrual=[base])\
"""
SHOP = PROGRAMME + "; shop = lk.Loyalty(club)"
LOADED = "import sys, loyaltykit; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def measure() -> Report:
    """The rounds, and their table."""
    for module in ("loyaltykit", "attrs", "attr"):
        compileall.compile_dir(_folder(module), quiet=2)
    rounds = alternate(
        {
            "import loyaltykit": _timed("import loyaltykit"),
            "import attrs": _timed("import attrs"),
            "programme": _timed(PROGRAMME),
            "shop": _timed(SHOP),
        },
        ROUNDS,
    )
    loaded = set(_run(LOADED).split())
    found = [name for name in FORBIDDEN if name in loaded]
    return Report(
        rows=(
            compare(rounds, "P8 import loyaltykit", "import loyaltykit", "import attrs", Target(1.6)),
            compare(rounds, "P8 import, and build a small programme", "programme", "import attrs"),
            compare(rounds, "P8 import, build it, open its shop", "shop", "import attrs"),
        ),
        notes=(
            "P8: loaded by the import though forbidden (NOT MET): " + ", ".join(found)
            if found
            else "P8: the import loads none of " + ", ".join(FORBIDDEN),
        ),
    )


def _folder(module: str) -> Path:
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None, module
    return Path(spec.origin).parent


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def _timed(statements: str) -> Side:
    return lambda: float(_run(TIMED.format(statements=statements)))
