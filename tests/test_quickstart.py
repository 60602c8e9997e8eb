"""The contract: one script, the copy of it that the documentation shows, and how it must end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
QUICKSTART = ROOT / "docs" / "examples" / "quickstart.py"
CONTRACT = ROOT.parent / "shared" / "contract" / "quickstart.py"


def test_quickstart_holds() -> None:
    """The script runs by itself, without a warning, and says at its end that the contract holds."""
    run = subprocess.run(
        [sys.executable, "-W", "error", str(QUICKSTART)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"},
    )
    assert run.stdout.splitlines()[-1] == "contract holds"
    assert run.stderr == ""


def test_quickstart_is_the_contract_itself() -> None:
    """The copy in the documentation is the contract, byte for byte, wherever the contract is at hand."""
    contract = CONTRACT if CONTRACT.exists() else QUICKSTART
    assert QUICKSTART.read_bytes() == contract.read_bytes()
