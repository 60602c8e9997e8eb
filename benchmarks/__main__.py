"""Run the workloads named on the command line, or all of them, and print one table.

A target that is not met is printed as not met; it does not make the run fail, since it may be the machine's mood.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

from benchmarks.harness import Report, report_of, table

WORKLOADS = {
    "P1": "p1_record",
    "P2": "p2_tier_rule",
    "P4": "p4_balance",
    "P4L": "p4_late",
    "P7": "p7_real_year",
    "P8": "p8_import",
    "P10": "p10_tables",
    "P11": "p11_trial",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Workloads beside their peers.")
    parser.add_argument("workloads", nargs="*", metavar="P1", help=f"any of {' '.join(WORKLOADS)}; none means all")
    chosen = [name.upper() for name in parser.parse_args().workloads] or list(WORKLOADS)
    unknown = set(chosen) - set(WORKLOADS)
    if unknown:
        parser.error(f"no workload {' '.join(sorted(unknown))}; there are {' '.join(WORKLOADS)}")
    show([run(name) for name in WORKLOADS if name in chosen])


def run(name: str) -> Report:
    """One workload, with a word on the terminal while it runs.

    In a process of its own: what one leaves in memory makes the next slower, and its peak is not the next one's.
    """
    print(f"{name} … ", end="", file=sys.stderr, flush=True)
    start = perf_counter()
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as process:
        report = process.submit(report_of, f"benchmarks.{WORKLOADS[name]}").result()
    print(f"{perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return report


def show(reports: list[Report]) -> None:
    """The table of all rows, then the notes, then how many targets hold."""
    rows = [row for report in reports for row in report.rows]
    print(table(rows))
    print()
    for report in reports:
        for note in report.notes:
            print(note)
    judged = [row for row in rows if row.target is not None]
    missed = [row for row in judged if row.missed]
    print(f"\n{len(judged) - len(missed)} of {len(judged)} targets met")
    for row in missed:
        print(f"NOT MET: {row.workload}: {row.ratio:.2f} × {row.peer_name}, {row.target}")


if __name__ == "__main__":
    main()
