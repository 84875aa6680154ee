"""What `accord import payments` and `… contacts` take with a file of 1,000,000 rows.

The import is a process of its own; its resident memory is sampled while it runs, the largest and
how it grew are printed, and its processor time beside PostgreSQL's. A page is the unit, not the
file, so memory should stand still. Contacts are calls, one debtor after the other and each debtor
every second day, so that all of a page are of different people: the most there is to judge. One in
ten is a conversation, after which the next three come too soon.

    python -m benchmarks.memory [payments|contacts [ROWS [ACCOUNTS]]]
"""

import asyncio
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from app.storage.accounts.persons import PersonDetails, PersonRole
from benchmarks.copying import FIRST, multiply
from benchmarks.load import INSTALLMENT, ROOT, Place, copies, open_one, place, tidy
from benchmarks.usage import usage

AIM_MB = 300
SAMPLES_S = 0.5


async def main() -> None:
    kind, *given = (*sys.argv[1:], "payments")[: max(1, len(sys.argv) - 1)]
    rows, accounts = (*map(int, given), *(1_000_000, 100_000)[len(given) :])
    async with place() as at:
        if kind == "contacts":
            debtor = PersonDetails(
                role=PersonRole.DEBTOR, reference="TEMPLATE", name="Jane Doe", phone=_PHONE,
                region="US-IL", time_zone="America/Chicago",
            )  # fmt: skip
            template = await open_one(at, "TEMPLATE", debtor=debtor)
            await multiply(at.owner, [(template, "TEMPLATE")], accounts)
            async with at.owner.transaction() as tx:
                await tx.execute(_NUMBERED)
            tidy(at)
        else:
            await copies(at, accounts)
        before, began = await usage(at), _processor_s()
        samples, seconds = run(at, kind, _WRITTEN[kind](at.folder, rows, accounts))
        python_s, used = _processor_s() - began, await usage(at) - before
    quarter = max(1, len(samples) // 4)
    print(f"{rows:,} {kind} in {seconds:,.0f} s: {rows / seconds:,.0f} rows/s")
    each = (one / rows * 1e6 for one in (python_s, used.postgres_s))
    print("processor a row: Python {:.0f} µs, PostgreSQL {:.0f} µs".format(*each))
    print(f"rows a second of processor: {rows / (python_s + used.postgres_s):,.0f}")
    parts = (max(samples[n : n + quarter]) for n in range(0, quarter * 4, quarter))
    print("largest of each quarter: " + ", ".join(f"{mb:.0f} MB" for mb in parts))
    print(f"largest {max(samples):.0f} MB (aim: under {AIM_MB} MB)")


def _payments(folder: Path, payments: int, accounts: int) -> Path:
    """The file: a part of an installment each, one account after the other."""
    path = folder / "payments.csv"
    with path.open("w", encoding="ascii") as file:
        file.write("reference,account_reference,amount_minor,currency,method\n")
        for n in range(payments):
            file.write(f"P-{n},A-{FIRST + n % accounts},{INSTALLMENT},USD,ach\n")
    return path


def _contacts(folder: Path, contacts: int, accounts: int) -> Path:
    """The file: calls to the debtors' phones."""
    path = folder / "contacts.csv"
    with path.open("w", encoding="ascii") as file:
        file.write("reference,account_reference,channel,direction,started_at,outcome,point\n")
        for n in range(contacts):
            number = n // accounts
            at = _BEGUN + timedelta(days=2 * number)
            outcome = _OUTCOMES[number % len(_OUTCOMES)]
            file.write(f"C-{n},A-{FIRST + n % accounts},call,out,{at:%Y-%m-%dT%H:%M:%SZ},")
            file.write(f"{outcome},+1312{2_000_000 + n % accounts}\n")
    return path


_PHONE = "+13122000000"
#: Each debtor's own number, by the number that its copy's id ends with.
_NUMBERED = text(
    "UPDATE contact_point SET normalized ="
    " '+1312' || 2000000 + right(id::text, 12)::bigint - CAST(:first AS bigint)"
    " WHERE right(id::text, 12) ~ '^[0-9]+$'"
).bindparams(first=FIRST)
_OUTCOMES = (
    "no_answer", "busy", "voicemail_no_message", "conversation", "no_answer", "busy",
    "answered_dropped", "no_answer", "voicemail_no_message", "no_answer",
)  # fmt: skip
_BEGUN = datetime(2026, 1, 5, 15, tzinfo=UTC)
_WRITTEN = {"payments": _payments, "contacts": _contacts}


def run(at: Place, kind: str, path: Path) -> tuple[list[float], float]:
    """Import it; answers the samples of resident memory in MB, and how long it took."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "app.cli", "import", kind, str(path)]
    importing = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--tenant", "bench", "--actor", "bench"], cwd=ROOT, env=dict(at.environment)
    )
    samples = list[float]()
    while importing.poll() is None:
        samples.append(resident_mb(importing.pid))
        time.sleep(SAMPLES_S)
    if importing.returncode:
        raise SystemExit(f"accord import ended with {importing.returncode}")
    return samples, time.perf_counter() - begun


def _processor_s() -> float:
    """Processor time of the processes that ended, which the import has by then."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident_mb(process: int) -> float:
    """Resident memory as Linux counts it; 0 once the process is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines() if line.startswith("VmRSS"))
    return next((int(words[1]) / 1024 for words in lines), 0)


if __name__ == "__main__":
    asyncio.run(main())
