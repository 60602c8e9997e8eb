"""P10: a table of members read, checked and split into accepted and rejected rows.

Ours reads the CSV file by its headings, makes the same members as any other way in would, gives them ids, writes the
rejected rows with their reasons, and keeps nothing. The peer is Polars reading the same file whole, and a loop by hand
that makes the same calls of ``phonenumbers`` and ``email-validator`` and appends each row to one of two lists.

The peak of the process is taken once for 100,000 and once for 1,000,000 rows: a streaming reader's is flat.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import phonenumbers
import polars
from email_validator import EmailNotValidError, validate_email

import loyaltykit as lk
from benchmarks.harness import Report, Target, alternate, compare, stopwatch
from loyaltykit.tables import MemberTable

ROWS = 20_000  # in each round
SMALL, LARGE = 100_000, 1_000_000  # for the peak
ROUNDS = 5
FLAT = 1.1

CLUB = lk.Program(
    name="P10",
    currency="CNY",
    timezone="Asia/Shanghai",
    fields=[lk.Field("goal", str, choices=("strength", "weight", "health")), lk.Field("size", int)],
)
TABLE = MemberTable(source="p10", default_region="CN")
HEADINGS = "姓名,手机,邮箱,生日,地区,注册时间,goal,size,标签\n"


def lines(count: int) -> Iterator[str]:
    """Members as a shop has them; one phone in 25 and one e-mail in 50 is none, one phone in 20 is masked."""
    for number in range(count):
        phone = f"138{number % 10**8:08}"
        if number % 25 == 7:
            phone = phone[:7]
        elif number % 20 == 3:
            phone = f"{phone[:3]}****{phone[-4:]}"
        email = f"member{number}@@example.com" if number % 50 == 11 else f"Member{number}@Example.com"
        born = f"{1950 + number % 55}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        joined = f"{2015 + number % 10}/{number % 12 + 1}/{number % 28 + 1}"
        goal = ("strength", "weight", "health")[number % 3]
        yield f"会员{number},{phone},{email},{born},区域{number % 31},{joined},{goal},{30 + number % 20},vip、tea\n"


def write(path: Path, count: int) -> Path:
    """The file of so many members."""
    with path.open("w", encoding="utf-8-sig") as file:
        file.write(HEADINGS)
        file.writelines(lines(count))
    return path


def ours(path: Path) -> tuple[int, int]:
    """How many rows are accepted, how many rejected; the rejected ones in a file."""
    summary = TABLE.check(path, CLUB, rejected=path.with_suffix(".rejected.csv"))
    return summary.accepted, summary.rejected


def by_hand(path: Path) -> tuple[int, int]:
    """The same calls, in a loop over what Polars has read."""
    accepted, rejected = [], []
    for row in polars.read_csv(path, infer_schema=False).iter_rows():
        phone, email = row[1], row[2]
        try:
            if "****" not in phone:
                number = phonenumbers.parse(phone, "CN")
                if not phonenumbers.is_valid_number(number):
                    rejected.append((row, "phone"))
                    continue
                phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            email = validate_email(email, check_deliverability=False).normalized
        except (phonenumbers.NumberParseException, EmailNotValidError):
            rejected.append((row, "email"))
            continue
        accepted.append((row[0], phone, email, *row[3:]))
    return len(accepted), len(rejected)


def measure() -> Report:
    """The rounds, their table, and the peaks."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "members.csv", ROWS)
        assert ours(path) == by_hand(path)
        rounds = alternate(
            {
                "ours": lambda: stopwatch(lambda: ours(path)) / ROWS,
                "Polars and a loop": lambda: stopwatch(lambda: by_hand(path)) / ROWS,
            },
            ROUNDS,
        )
        small, large = (peak(Path(folder), count) for count in (SMALL, LARGE))
    growth = large[0] / small[0]
    verdict = "flat" if growth <= FLAT else f"NOT MET: not flat, {growth:.2f} times"
    return Report(
        rows=(compare(rounds, "P10 read and check a table, a member", "ours", "Polars and a loop", Target(3)),),
        notes=(
            f"P10: peak {small[0]:.0f} MiB at {SMALL:,} members, {large[0]:.0f} MiB at {LARGE:,} ({verdict}); "
            f"{LARGE:,} took {large[1]:.0f} s",
        ),
    )


def peak(folder: Path, count: int) -> tuple[float, float]:
    """MiB of a process that has read so many members, and how many seconds that took."""
    path = write(folder / "peak.csv", count)
    code = f"from benchmarks.p10_tables import report_peak; report_peak({str(path)!r})"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    path.unlink()
    return float(told[0]), float(told[1])


def report_peak(path: str) -> None:
    """Print what this process took, up to now, in memory and for the file."""
    from resource import RUSAGE_SELF, getrusage

    start = perf_counter()
    ours(Path(path))
    print(getrusage(RUSAGE_SELF).ru_maxrss / 1024, perf_counter() - start)
