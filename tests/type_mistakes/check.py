"""Run the type checkers over the usual mistakes and count those that each of them reports; `make check` calls this."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MISTAKES = HERE / "mistakes.py"
LEAST = 26


def lines_of_mypy() -> set[int]:
    """Return the lines that mypy reports."""
    told = _output("mypy", "--no-error-summary", "--no-pretty", str(MISTAKES))
    return {int(number) for number in re.findall(r"mistakes\.py:(\d+): error", told)}


def lines_of_basedpyright() -> set[int]:
    """Return the lines that basedpyright reports."""
    told = json.loads(_output("basedpyright", "--outputjson", str(MISTAKES)))
    errors = (item for item in told["generalDiagnostics"] if item["severity"] == "error")
    return {item["range"]["start"]["line"] + 1 for item in errors}


def _output(program: str, *arguments: str) -> str:
    found = Path(sys.executable).parent / program
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=False).stdout


def missed(lines: set[int]) -> list[str]:
    """Return the mistakes without a reported line."""
    text = MISTAKES.read_text("utf-8").splitlines()
    starts = [number for number, line in enumerate(text, start=1) if re.match(r"# \d+: ", line)]
    ends = [*starts[1:], next(number for number, line in enumerate(text, start=1) if line.startswith("# the end"))]
    outside = {number for number in lines if not starts[0] <= number < ends[-1]}
    if outside:
        raise SystemExit(f"lines without a mistake are reported: {sorted(outside)}")
    return [
        text[start - 1].removeprefix("# ")
        for start, end in zip(starts, ends, strict=True)
        if not lines.intersection(range(start, end))
    ]


def main() -> None:
    """Exit with an error when a checker reports fewer mistakes than it should."""
    for name, lines in (("mypy", lines_of_mypy()), ("basedpyright", lines_of_basedpyright())):
        not_found = missed(lines)
        if not lines or len(not_found) > 28 - LEAST:
            raise SystemExit(f"{name} does not report: {'; '.join(not_found) or 'anything'}")
        sys.stdout.write(f"{name}: {28 - len(not_found)} of 28 mistakes found; missed: {not_found}\n")


if __name__ == "__main__":
    main()
