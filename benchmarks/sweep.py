"""A day's sweep beside one set-based SQL statement that writes as much, in one run.

Of the accounts, all with a plan of twelve installments, a thirtieth change on each swept day: of
those, half have an installment due, half miss one (two events, a bucket, a plan and its row).
Sweeps with one worker and with two, and the floor (`sweep_floor.py`), take their turns on days
of their own; what the days between bring is swept without being timed. Several sizes show how
it grows.

    python -m benchmarks.sweep [ACCOUNTS …]
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from uuid import UUID

from benchmarks.copying import multiply
from benchmarks.load import ROOT, Place, open_one, place, tidy
from benchmarks.sweep_floor import floor
from benchmarks.usage import usage

ONE_AIM, TWO_AIM, GROWTH_AIM, QUIET_AIM_S = 3.0, 2.0, 11.0, 2.0
GRACE_DAYS = 5
#: The swept days lie four apart, so that what one brings later falls between two others.
DAYS = [date(2026, 1, 18) + timedelta(days=4 * n) for n in range(7)]
QUIET_ON, NEVER_BEFORE = DAYS[-1] + timedelta(days=3), date(2026, 2, 15)
SLOTS = 60  # two kinds a day, each of them a sixtieth of the accounts
TURNS = ("one", "floor", "one", "two", "floor", "one", "two")  # the first is for the caches


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One timed day: wall time, and processor time of Python and of PostgreSQL."""

    kind: str
    examined: int
    told: int
    seconds: float
    python_s: float
    postgres_s: float
    peak_mb: float = 0


async def crowd(at: Place, accounts: int) -> None:
    """The accounts: two kinds for each swept day, the rest quiet until all of it is over."""
    await multiply(at.owner, await templates(at), accounts)
    tidy(at)


async def templates(
    at: Place, days: Sequence[date] = DAYS, *, slots: int = SLOTS
) -> list[tuple[UUID, str]]:
    """What the accounts are copies of, taken in turn, each with its reference."""
    made = []
    for n, day in enumerate(days):
        missing_from = day - timedelta(days=GRACE_DAYS + 1)
        for name, first, closed in (
            (f"DUE-{n}", day, day - timedelta(days=1)),
            (f"MISS-{n}", missing_from, day - timedelta(days=1)),
        ):
            one = await open_one(at, name, policy="default", first_due_on=first, closed_on=closed)
            made.append((one, name))
    quiet = await open_one(
        at, "QUIET", policy="default", first_due_on=NEVER_BEFORE, closed_on=DAYS[0]
    )
    return [*made, *[(quiet, "QUIET")] * (slots - len(made))]


# Workers ----------------------------------------------------------------------------------


@contextmanager
def worker(at: Place) -> Iterator[subprocess.Popen[str]]:
    """A sweeping process, ready."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "benchmarks.sweep_worker", str(at.tenant_id)],
        cwd=ROOT, env=dict(at.environment), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise SystemExit("a worker did not start")
        try:
            yield process
        finally:
            if process.stdin is not None:
                process.stdin.close()


async def swept(at: Place, workers: Sequence[subprocess.Popen[str]], day: date, kind: str) -> Turn:
    """One day swept by these workers at once."""
    begun, used = time.perf_counter(), await postgres_s(at)
    for one in workers:
        if one.stdin is not None:
            one.stdin.write(f"{day}\n")
            one.stdin.flush()
    found = [json.loads(one.stdout.readline()) for one in workers if one.stdout is not None]
    return Turn(
        kind=kind,
        examined=sum(one["examined"] for one in found),
        told=sum(one["told"] for one in found),
        seconds=time.perf_counter() - begun,
        python_s=sum(one["python_s"] for one in found),
        postgres_s=await postgres_s(at) - used,
        peak_mb=max(one["peak_mb"] for one in found),
    )


async def floored(at: Place, day: date) -> Turn:
    begun, used, own = time.perf_counter(), await postgres_s(at), time.process_time()
    judged, told = await floor(at, day)
    return Turn(
        kind="floor",
        examined=judged,
        told=told,
        seconds=time.perf_counter() - begun,
        python_s=time.process_time() - own,
        postgres_s=await postgres_s(at) - used,
    )


async def postgres_s(at: Place) -> float:
    """Processor time of the server so far: its own processes, those that ended included."""
    return (await usage(at)).postgres_s


# The run ----------------------------------------------------------------------------------


async def measured(accounts: int) -> dict[str, list[Turn]]:
    """All turns of one size, by kind."""
    turns: dict[str, list[Turn]] = {"floor": [], "one": [], "two": [], "quiet": []}
    async with place() as at:
        begun = time.perf_counter()
        await crowd(at, accounts)
        print(f"\n{accounts:,} accounts in {time.perf_counter() - begun:.0f} s", flush=True)
        with ExitStack() as ending:
            workers = [ending.enter_context(worker(at)) for _ in range(2)]
            for number, (kind, day) in enumerate(zip(TURNS, DAYS, strict=True)):
                await swept(at, workers[:1], day - timedelta(days=1), "between")
                turn = (
                    await floored(at, day)
                    if kind == "floor"
                    else await swept(at, workers[: 1 if kind == "one" else 2], day, kind)
                )
                if number:
                    turns[kind].append(turn)
                    show(turn)
                expect(turn, accounts)
            await swept(at, workers[:1], QUIET_ON - timedelta(days=1), "between")
            turns["quiet"].append(await swept(at, workers[:1], QUIET_ON, "quiet"))
            show(turns["quiet"][0])
    return turns


def expect(turn: Turn, accounts: int) -> None:
    """Nothing is left out, by the floor no more than by the sweep."""
    due = accounts // SLOTS
    expect_of(turn.examined, due)
    if turn.told not in range(3 * due, 3 * due + 7):
        raise SystemExit(f"{turn.kind}: {turn.told} told, of {3 * due}")


def expect_of(examined: int, due: int, *, times: int = 1) -> None:
    """The same of what was examined, of so many crowds with so many of each kind."""
    if examined not in range(2 * due * times, (2 * due + 4) * times + 1):
        raise SystemExit(f"{examined} examined, of {2 * due * times}")


def show(turn: Turn) -> None:
    rate = turn.examined / turn.seconds
    print(
        f"{turn.kind:<6} {turn.examined:>7,} examined {turn.told:>7,} told {turn.seconds:>7.2f} s"
        f" {rate:>8,.0f}/s  python {turn.python_s:>6.2f} s  postgres {turn.postgres_s:>6.2f} s"
        f"  peak {turn.peak_mb:>4.0f} MB",
        flush=True,
    )


def conclude(turns: dict[str, list[Turn]]) -> None:
    """The ratios of one size, by wall time and by processor time."""
    base = median(one.seconds for one in turns["floor"])
    work = median(one.postgres_s for one in turns["floor"])
    for kind, aim in (("one", ONE_AIM), ("two", TWO_AIM)):
        wall = median(one.seconds for one in turns[kind]) / base
        cpu = median(one.python_s + one.postgres_s for one in turns[kind]) / work
        print(f"{kind} / floor: {wall:.2f} (aim: at most {aim:.1f}); processor time {cpu:.2f}")
    quiet = turns["quiet"][0]
    print(f"a quiet day: {quiet.seconds:.2f} s (aim: at most {QUIET_AIM_S:.0f} s)")


async def main() -> None:
    sizes = [int(one) for one in sys.argv[1:]] or [100_000, 1_000_000]
    found = []
    for accounts in sizes:
        found.append(await measured(accounts))
        conclude(found[-1])
    if len(sizes) > 1:
        first, last = (
            median(one.seconds for one in turns["one"]) for turns in (found[0], found[-1])
        )
        peak = [max(one.peak_mb for one in turns["one"]) for turns in found]
        print(
            f"\nfrom {sizes[0]:,} to {sizes[-1]:,} accounts: {last / first:.1f} times the seconds"
            f" (aim: at most {GROWTH_AIM:.0f} for ten times), "
            f"memory {peak[0]:.0f} to {peak[-1]:.0f} MB"
        )


if __name__ == "__main__":
    asyncio.run(main())
