"""The memory of `accord import payments` with a file of 1,000,000 rows.

The import is a process of its own; its resident memory is sampled while it runs, the largest and
how it grew are printed. A page is the unit, not the file, so it should stand still.

    python -m benchmarks.memory [PAYMENTS [ACCOUNTS]]
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.copying import FIRST
from benchmarks.load import INSTALLMENT, ROOT, Place, copies, place

AIM_MB = 300
SAMPLES_S = 0.5


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    payments, accounts = (*given, *(1_000_000, 100_000)[len(given) :])
    async with place() as at:
        await copies(at, accounts)
        samples, seconds = run(at, written(at.folder, payments, accounts))
    quarter = max(1, len(samples) // 4)
    print(f"{payments:,} payments in {seconds:,.0f} s: {payments / seconds:,.0f} rows/s")
    parts = (max(samples[n : n + quarter]) for n in range(0, quarter * 4, quarter))
    print("largest of each quarter: " + ", ".join(f"{mb:.0f} MB" for mb in parts))
    print(f"largest {max(samples):.0f} MB (aim: under {AIM_MB} MB)")


def written(folder: Path, payments: int, accounts: int) -> Path:
    """The file: a part of an installment each, one account after the other."""
    path = folder / "payments.csv"
    with path.open("w", encoding="ascii") as file:
        file.write("reference,account_reference,amount_minor,currency,method\n")
        for n in range(payments):
            file.write(f"P-{n},A-{FIRST + n % accounts},{INSTALLMENT},USD,ach\n")
    return path


def run(at: Place, path: Path) -> tuple[list[float], float]:
    """Import it; answers the samples of resident memory in MB, and how long it took."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "app.cli", "import", "payments", str(path)]
    importing = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--tenant", "bench"], cwd=ROOT, env=dict(at.environment)
    )
    samples = list[float]()
    while importing.poll() is None:
        samples.append(resident_mb(importing.pid))
        time.sleep(SAMPLES_S)
    if importing.returncode:
        raise SystemExit(f"accord import ended with {importing.returncode}")
    return samples, time.perf_counter() - begun


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
