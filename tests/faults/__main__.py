"""Break everything, many times, while accounts live, and count what was lost or doubled.

    python -m tests.faults [--faults 10000] [--only WORD …] [--lives 16]

Prints a row for each fault as it is done, and exits 1 unless what was acknowledged is stored
once, every self-check is at peace and everything recovered.

    times       how often the fault happened
    attempts    requests sent by the lives that went on meanwhile
    acked       commands acknowledged
    failed      attempts without an answer, or answered 503 or 409 in flight; all sent again
    lost        facts, rows, postings, events acknowledged and not stored
    doubled     stored more than once, or never sent
    bad         accounts whose self-check is not at peace, of those that lived
    recovery    seconds from the end of the fault to the next payment acknowledged: median, worst
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.audit import Audit, audit
from tests.faults.injuries import FAULTS, Fault
from tests.faults.lives import TODAY, Book, Client, Lives
from tests.faults.place import Place, place

WARM_S = 1
_HEAD = (
    f"{'fault':<38}{'times':>6}{'attempts':>9}{'acked':>8}{'failed':>8}{'lost':>6}{'doubled':>8}"
    f"{'bad':>9}  recovery"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one fault did, all its times together."""

    fault: Fault
    times: int
    book: Book
    found: Audit
    recoveries: Sequence[float | None] = field(default_factory=tuple)

    @property
    def holds(self) -> bool:
        wrong = (self.found.lost, self.found.doubled, self.found.bad, self.book.unresolved)
        return not any(wrong) and not self.book.surprises and None not in self.recoveries

    def line(self) -> str:
        book, found = self.book, self.found
        return (
            f"{self.fault.name:<38}{self.times:>6}{book.attempts:>9}{book.acknowledged:>8}"
            f"{book.failed:>8}{found.lost:>6}{found.doubled:>8}"
            f"{f'{found.bad}/{found.checked}':>9}  {self._recovery()}"
            f"{'' if self.holds else '  <- WRONG'}"
        )

    def _recovery(self) -> str:
        seconds = [one for one in self.recoveries if one is not None]
        if not self.recoveries:
            return "-"
        said = f"{statistics.median(seconds):.2f} s, {max(seconds):.2f} s" if seconds else ""
        never = len(self.recoveries) - len(seconds)
        return said + (f" ({never}: not within {self.fault.patience_s:.0f} s)" if never else "")

    def troubles(self) -> list[str]:
        unresolved = self.book.unresolved
        said = [f"{unresolved} commands were never acknowledged"] if unresolved else []
        return [*said, *self.book.surprises[:10], *self.found.said]


async def run(options: argparse.Namespace) -> bool:
    """Every fault in turn. Whether all holds."""
    chosen = [f for f in FAULTS if not options.only or any(w in f.name for w in options.only)]
    whole = sum(fault.share for fault in chosen)
    print(_HEAD, flush=True)
    rows = []
    async with place() as here:
        for fault in chosen:
            times = max(1, round(options.faults * fault.share / whole))
            rows.append(row := await _suffer(here, fault, times, options.lives))
            print(row.line(), flush=True)
            for trouble in row.troubles():
                print(f"    {trouble}", flush=True)
    print(_total(rows))
    return all(row.holds for row in rows)


async def _suffer(here: Place, fault: Fault, times: int, lives: int) -> Row:
    await here.serve(*fault.servers)
    book = Book(wanted=times)
    bases = [server.base for server in here.servers]
    client = Client(bases, here.token, book, sending=fault.sending)
    probing = Client(bases, here.token, book, sending="plain")
    try:
        await client.at(TODAY)
        story = Lives(client, probing, f"F{time.time_ns()}")
        await story.begin()
        async with asyncio.TaskGroup() as living:
            for _ in range(lives):
                living.create_task(story.go_on())
            try:
                recoveries = await _injure(here, fault, times, story)
            finally:
                client.stop()
        for server in here.servers:
            await server.ready()
    finally:
        await client.close()
        await probing.close()
    counted = book.sent_badly if fault.injury is None else len(recoveries)
    found = await audit(here, book)
    return Row(fault=fault, times=counted, book=book, found=found, recoveries=recoveries)


async def _injure(here: Place, fault: Fault, times: int, story: Lives) -> list[float | None]:
    """Do it so often; how long each recovery took. One that never comes ends it."""
    if fault.injury is None:
        await story.book.enough.wait()
        return []
    recoveries: list[float | None] = []
    await asyncio.sleep(WARM_S)  # until every life is under way
    while len(recoveries) < times and None not in recoveries:
        await asyncio.sleep(random.uniform(*fault.gap_s))
        await fault.injury(here)
        recoveries.append(await story.probe(patience_s=fault.patience_s))
    return recoveries


def _total(rows: Sequence[Row]) -> str:
    books, found = [row.book for row in rows], [row.found for row in rows]
    return (
        f"{'all':<38}{sum(row.times for row in rows):>6}{sum(b.attempts for b in books):>9}"
        f"{sum(b.acknowledged for b in books):>8}{sum(b.failed for b in books):>8}"
        f"{sum(f.lost for f in found):>6}{sum(f.doubled for f in found):>8}"
        f"{f'{sum(f.bad for f in found)}/{sum(f.checked for f in found)}':>9}"
    )


def main(words: Sequence[str] | None = None) -> int:
    """Play it and print the table; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faults", type=int, default=200, help="how many, all kinds together")
    parser.add_argument("--only", nargs="*", default=(), help="words of the faults wanted")
    parser.add_argument("--lives", type=int, default=16, help="accounts that live at once")
    holds = asyncio.run(run(parser.parse_args(words)))
    print("ok: nothing lost, nothing doubled" if holds else "FAILED")
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
