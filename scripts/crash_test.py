"""Whether a payment that was answered survives `kill -9`, and one sent again is posted once.

Starts the server as a process of its own, sends payments to many accounts, a hundred in flight,
kills the server in the middle, starts it again, counts, sends every payment once more, and
counts again. Prints the counts; exits 1 if a payment is missing, doubled or miscounted.

    python -m scripts.crash_test --payments 1000 --accounts 100 [--database-too]
"""

import argparse
import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PLACED_MINOR = 1_000_000_00
KILL_AFTER = 0.4  # of the payments are answered when the server is killed
CONNECTIONS = 100
PATIENCE_S = 60
SUCCESS = range(200, 300)
LATER = 503  # with `Retry-After`: nothing was stored, come again


class Server:
    """`accord serve` in a process, with its database in a folder of this run's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = f"http://127.0.0.1:{_free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def accord(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "app.cli", *words]

    @property
    def environment(self) -> dict[str, str]:
        settings = {"ACCORD_DATA_DIR": str(self.folder / "data"), "ACCORD_LOG_LEVEL": "warning"}
        foreign = ("ACCORD_DATABASE_URL", "ACCORD_ADMIN_DATABASE_URL")
        return {k: v for k, v in os.environ.items() if k not in foreign} | settings

    def say(self, *words: str) -> str:
        """A command's output. Raises `CalledProcessError`."""
        done = subprocess.run(  # noqa: S603 - ourselves, no shell
            self.accord(*words),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def start(self) -> None:
        """Returns when it is ready."""
        port = self.base.rpartition(":")[2]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves, no shell
                self.accord("serve", "--port", port), env=self.environment, stdout=log, stderr=log
            )
        until = time.monotonic() + PATIENCE_S
        while self._process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.base}/readyz", trust_env=False).is_success:
                    return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "server.log").read_text()[-2000:])

    def kill(self, *, database_too: bool) -> None:
        """No farewell: SIGKILL, by process id."""
        if database_too:
            pid_file = self.folder / "data" / "postgres" / "postmaster.pid"
            pid = int(pid_file.read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
            _wait_until_gone(pid)
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE_S)


@dataclass(slots=True)
class Counts:
    """What was seen, by the names it is printed under."""

    answered: dict[str, str] = field(default_factory=dict)  # reference → payment id
    refused: int = 0
    unanswered: int = 0
    lost: int = 0
    stored_unanswered: int = 0
    retried: Counter[int] = field(default_factory=Counter)
    told_later: int = 0
    changed_ids: int = 0
    listed: int = 0
    doubled: int = 0
    wrong_sums: int = 0
    failed_checks: int = 0

    @property
    def bad(self) -> bool:
        unexpected = sum(n for status, n in self.retried.items() if status not in SUCCESS)
        return any(
            (self.refused, self.lost, self.changed_ids, self.doubled,
             self.wrong_sums, self.failed_checks, unexpected)
        )  # fmt: skip


def payments(accounts: Sequence[str], count: int) -> list[dict[str, object]]:
    """Each with a reference of its own, the accounts in turn."""
    return [
        {
            "account_id": accounts[number % len(accounts)],
            "reference": f"CRASH-{number:05}",
            "amount_minor": 100 + number % 97,
            "currency": "USD",
            "method": "ach",
        }
        for number in range(count)
    ]


async def run(options: argparse.Namespace, server: Server, key: str) -> Counts:
    """The whole test, against a server that is up. Leaves it up."""
    counts = Counts()
    async with _client(server.base, key) as client:
        accounts = await _place(client, options.accounts)
        wanted = payments(accounts, options.payments)
        await _shoot(client, wanted, counts, server, database_too=options.database_too)
    server.start()
    async with _client(server.base, key) as client:
        await _look(client, wanted, counts)
        await _again(client, wanted, counts)
        await _audit(client, accounts, wanted, counts)
    return counts


async def _place(client: httpx.AsyncClient, count: int) -> list[str]:
    items = [
        {
            "reference": f"CRASH-ACC-{number:04}",
            "currency": "USD",
            "balance": {"principal_minor": PLACED_MINOR},
        }
        for number in range(count)
    ]
    answer = await client.post("/v1/accounts/batch", json={"mode": "atomic", "items": items})
    answer.raise_for_status()
    return [result["account"]["id"] for result in answer.json()["results"]]


async def _shoot(
    client: httpx.AsyncClient,
    wanted: Sequence[dict[str, object]],
    counts: Counts,
    server: Server,
    *,
    database_too: bool,
) -> None:
    """All at once; in the middle the server dies."""
    killed = False
    gate = asyncio.Semaphore(CONNECTIONS)  # a client's own queue is slow

    async def one(payment: dict[str, object]) -> None:
        nonlocal killed
        try:
            async with gate:
                answer = await client.post("/v1/payments", json=payment)
        except httpx.HTTPError:
            counts.unanswered += 1
            return
        if answer.status_code in SUCCESS:
            counts.answered[str(payment["reference"])] = answer.json()["id"]
        elif killed or answer.status_code == LATER:
            counts.unanswered += 1  # a 503 promises nothing, of a dying server or of a busy one
        else:
            counts.refused += 1
        if not killed and len(counts.answered) >= KILL_AFTER * len(wanted):
            killed = True
            server.kill(database_too=database_too)

    await asyncio.gather(*(one(payment) for payment in wanted))


async def _look(
    client: httpx.AsyncClient, wanted: Sequence[dict[str, object]], counts: Counts
) -> None:
    """What is there before anything is sent again."""
    stored = {p["reference"]: p["id"] for p in await _all_payments(client)}
    counts.lost = sum(stored.get(ref) != made for ref, made in counts.answered.items())
    references = {str(payment["reference"]) for payment in wanted}
    counts.stored_unanswered = len(stored.keys() & (references - counts.answered.keys()))


async def _again(
    client: httpx.AsyncClient, wanted: Sequence[dict[str, object]], counts: Counts
) -> None:
    """Every payment once more, as a careful client would who is not sure."""
    gate = asyncio.Semaphore(CONNECTIONS)

    async def one(payment: dict[str, object]) -> None:
        patience = time.monotonic() + PATIENCE_S
        async with gate:
            answer = await client.post("/v1/payments", json=payment)
            while answer.status_code == LATER and time.monotonic() < patience:
                counts.told_later += 1
                await asyncio.sleep(float(answer.headers["Retry-After"]))
                answer = await client.post("/v1/payments", json=payment)
        counts.retried[answer.status_code] += 1
        known = counts.answered.get(str(payment["reference"]))
        if known is not None and (answer.status_code, answer.json().get("id")) != (200, known):
            counts.changed_ids += 1

    await asyncio.gather(*(one(payment) for payment in wanted))


async def _audit(
    client: httpx.AsyncClient,
    accounts: Sequence[str],
    wanted: Sequence[dict[str, object]],
    counts: Counts,
) -> None:
    """One payment a reference, every account's balance exact, every self-check at peace."""
    listed = await _all_payments(client)
    counts.listed = len(listed)
    counts.doubled = len(listed) - len({payment["reference"] for payment in listed})
    paid = Counter[str]()
    for payment in wanted:
        paid[str(payment["account_id"])] += int(str(payment["amount_minor"]))
    for account in accounts:
        found = (await client.get(f"/v1/accounts/{account}")).json()["balance"]["total_minor"]
        counts.wrong_sums += found != PLACED_MINOR - paid[account]
        check = (await client.get(f"/v1/accounts/{account}/self-check")).json()
        counts.failed_checks += not check["ok"]
    counts.wrong_sums += counts.listed != len(wanted)


async def _all_payments(client: httpx.AsyncClient) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    cursor: str | None = None
    while True:
        asked = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        answer = await client.get("/v1/payments", params=asked)
        answer.raise_for_status()
        page = answer.json()
        found += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@contextlib.asynccontextmanager
async def _client(base: str, key: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=base,
        headers={"Authorization": f"Bearer {key}"},
        timeout=httpx.Timeout(PATIENCE_S, pool=None),
        limits=httpx.Limits(max_connections=CONNECTIONS),
        trust_env=False,
    ) as client:
        yield client


@contextlib.contextmanager
def _server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="accord-crash-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database may run as another user
        server = Server(folder)
        try:
            yield server
        finally:
            server.stop()


def _wait_until_gone(pid: int) -> None:
    """A killed process keeps its number until somebody collects it."""
    with contextlib.suppress(ProcessLookupError):
        for _ in range(10 * PATIENCE_S):
            os.kill(pid, 0)
            time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _report(options: argparse.Namespace, counts: Counts) -> None:
    known, new = counts.retried[200], counts.retried[201]
    others = counts.retried.total() - known - new
    died = "the server and its PostgreSQL" if options.database_too else "the server"
    for figure, said in (
        (options.payments, f"payments, {CONNECTIONS} in flight, over {options.accounts} accounts"),
        (len(counts.answered), f"answered 2xx before {died} got SIGKILL"),
        (counts.unanswered, "got no answer"),
        (counts.refused, "refused while it lived (0 expected)"),
        (counts.lost, "answered and not stored: lost (0 expected)"),
        (counts.stored_unanswered, "stored, though the answer never came"),
        (known, "known when all were sent again (200)"),
        (new, "posted when all were sent again (201)"),
        (others, "answered otherwise then (0 expected)"),
        (counts.told_later, "times told to come again later, and did"),
        (counts.changed_ids, "of those answered before now another payment (0 expected)"),
        (counts.listed, "payments in the end"),
        (counts.doubled, "doubled (0 expected)"),
        (counts.wrong_sums, "wrong sums (0 expected)"),
        (counts.failed_checks, "self-checks that fail (0 expected)"),
    ):
        print(f"{figure:>6}  {said}")


def main(words: Sequence[str] | None = None) -> int:
    """Play it and print the counts; 1 if a payment is lost, doubled or miscounted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--payments", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--database-too", action="store_true", help="kill PostgreSQL as well")
    options = parser.parse_args(words)
    with _server() as server:
        name = f"crash-{secrets.token_hex(3)}"
        server.say("tenants", "create", name, "--sandbox")
        key = server.say("keys", "create", "--tenant", name, "--role", "admin", "--scopes", "*")
        server.start()
        counts = asyncio.run(run(options, server, key))
    _report(options, counts)
    print("FAILED" if counts.bad else "ok: nothing lost, nothing doubled")
    return int(counts.bad)


if __name__ == "__main__":
    sys.exit(main())
