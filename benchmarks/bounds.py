"""How much one request can take, of any size and shape, and what another tenant notices of it.

Each attack is sent again and again for a few seconds by one tenant (or by nobody: floods need no
key), while another tenant reads an account of its own. Printed for each: how often it was sent,
what was answered, the worst wall time, the processor time a request, the server's memory at its
highest, and the other tenant's reading: by the clock on the wall, and by what the server computed
meanwhile. On a machine with other work the wall says little, so the same reading of an idle server
stands beside it; processor time is what a machine of our own would take.

    python -m benchmarks.bounds [SECONDS [NAME …]]
"""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from app.domain.vocabulary import Role
from app.routers.edge.bodies import MAX_BODY_BYTES
from app.schemas.edge.ids import encode
from app.storage import tenancy
from benchmarks.history import past
from benchmarks.load import FIRST_DUE_ON, ROOT, Place, copies, place, wait_for

MOST_WALL_S, MOST_OTHERS_S = 2.0, 0.2
SIZES = (64, 8, 1)  # parts of the limit
EARLIER, TRIED = 2_000, 2_000
IDLE_S = 0.5
FLOOD_BYTES = 200 * 1024 * 1024

Sent = Callable[[], int | None]


@dataclass(slots=True)
class Server:
    """The process under attack."""

    pid: int
    port: int

    def processor_s(self) -> float:
        """What all its threads have computed so far, to the nanosecond."""
        spent = 0
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):  # it has just ended
                spent += int((thread / "schedstat").read_text("ascii").split()[0])
        return spent / 1e9

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", "ascii")

    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@dataclass(slots=True)
class Found:
    """What an attack did."""

    walls: list[float] = field(default_factory=list)
    answers: set[int | None] = field(default_factory=set)
    others: list[float] = field(default_factory=list)
    others_processor: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)
    refused: int = 0
    processor_s: float = 0
    peak_mb: float = 0

    @property
    def holds(self) -> bool:
        """By processor time: no request over two seconds, nobody else delayed over 200 ms."""
        each = self.processor_s / len(self.walls)
        late = share(self.others_processor, 0.99) > MOST_OTHERS_S or self.refused
        return each <= MOST_WALL_S and not late

    @property
    def holds_on_the_wall(self) -> bool:
        delay = share(self.others, 0.99) - share(self.idle, 0.99)
        return max(self.walls) <= MOST_WALL_S and delay <= MOST_OTHERS_S

    def line(self, name: str) -> str:
        answers = ",".join(sorted(str(one or "cut") for one in self.answers))
        return (
            f"{name:<44}{len(self.walls):>6} {answers:<12}{max(self.walls):>8.2f} s"
            f"{self.processor_s / len(self.walls):>8.3f} s{self.peak_mb:>7.0f} MB"
            f"{len(self.others):>6}{share(self.idle, 0.99) * 1000:>7.0f}"
            f"{share(self.others, 0.5) * 1000:>7.0f}{share(self.others, 0.99) * 1000:>7.0f}"
            f"{max(self.others) * 1000:>7.0f}{share(self.others_processor, 0.99) * 1000:>7.0f} ms"
            f"{'' if self.holds_on_the_wall else '  wall'}"
            f"{'' if self.holds else f'  <- beyond (refused {self.refused})'}"
        )


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


HEAD = (
    f"{'':<44}{'sent':>6} {'answered':<12}{'worst':>10}{'cpu each':>10}{'memory':>10}"
    f"{'other':>6}{'idle99':>7}{'p50':>7}{'p99':>7}{'max':>7}{'cpu99':>7}"
)


# --- Bodies --------------------------------------------------------------------------------


def sized(one: str, head: str, tail: str, size: int, between: str = ",") -> bytes:
    """`one` as often as fits; `#` in it is a number."""
    parts, room, number = list[str](), size - len(head) - len(tail), 0
    while True:
        part = one.replace("#", str(number))
        room -= len(part) + len(between)
        if room < 0:
            return (head + between.join(parts) + tail).encode()
        parts.append(part)
        number += 1


def bodies(size: int) -> Iterator[tuple[str, str, str, bytes]]:
    """Shapes of that size: a name, where it is sent, and the body."""
    batch, post = "/v1/payments/batch", "POST"
    unknown = partial(sized, '"k#":1', size=size)
    yield "unknown fields", post, "/v1/accounts", unknown("{", "}")
    yield "unknown fields of an item", post, batch, unknown('{"mode":"continue","items":[{', "}]}")
    many = '{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}'
    yield "items of unknown fields", post, batch, sized(many, '{"items":[', "]}", size)
    yield "reports of unknown fields", post, "/v1/delivery-reports", sized(many, '{"items":[', "]}", size)  # fmt: skip  # noqa: E501
    for kind in ("contact-policies", "worklists"):
        yield f"{kind}, unknown fields", "PUT", f"/v1/{kind}/x", unknown("{", "}")
    yield "bad items", post, "/v1/accounts/batch", sized("1", '{"items":[', "]}", size)
    yield "lists", post, "/v1/accounts", sized("[]", "[", "]", size)
    yield "brackets", post, "/v1/accounts", b"[" * size
    yield "a text", post, "/v1/accounts", b'{"reference":"' + b"a" * (size - 20) + b'"}'
    yield "a text of commas", post, "/v1/accounts", b'{"reference":"' + b"," * (size - 20) + b'"}'
    yield "a text of quotes", post, "/v1/accounts", sized('\\",', '{"a":"', '"}', size, "")
    yield "a long name", post, "/v1/accounts", b'{"' + b"a" * (size - 20) + b'":1}'
    language = '{"reference":"l","currency":"USD","balance":{"principal_minor":1},"debtor":'
    yield "a language", post, "/v1/accounts", sized("-aaaaaaaa", language + '{"language":"en', '"}}', size, "")  # fmt: skip  # noqa: E501
    step = '{"from_number":-1,"installment_minor":1}'
    terms = '{"currency":"USD","terms":{"amount_minor":100,"installment_count":2,"step_ups":['
    yield "step-ups", post, "/v1/schedules", sized(step, terms, "]}}", size)
    rows = '{"currency":"USD","terms":{"amount_minor":100,"installments":['
    row = '{"due_on":"2026-02-30","amount_minor":-1}'
    yield "installments", post, "/v1/schedules", sized(row, rows, "]}}", size)
    for where, method, path in (("saved", "PUT", "/v1/policies/x"), ("tried", post, "/v1/policies/default/what-if")):  # fmt: skip  # noqa: E501
        yield f"policy {where}, unknown fields", method, path, unknown("{", "}")
        creditor = '"c#":{"grace_days":-1}'
        yield f"policy {where}, creditors", method, path, sized(creditor, '{"creditors":{', "}}", size)  # fmt: skip  # noqa: E501
        yield f"policy {where}, buckets", method, path, sized("{}", '{"buckets":[', "]}", size)


def good_batches() -> Iterator[tuple[str, Callable[[int], tuple[str, str, bytes]]]]:
    """Batches that are all right, each time others."""
    account = {"currency": "USD", "balance": {"principal_minor": 100}}

    def accounts(turn: int) -> tuple[str, str, bytes]:
        items = [{**account, "reference": f"B-{turn}-{n}"} for n in range(1000)]
        return (
            "POST",
            "/v1/accounts/batch",
            json.dumps({"mode": "continue", "items": items}).encode(),
        )

    def payments(turn: int) -> tuple[str, str, bytes]:
        items = [
            {
                "account_reference": f"B-0-{n}", "reference": f"P-{turn}-{n}", "amount_minor": 1,
                "currency": "USD",
            }
            for n in range(1000)
        ]  # fmt: skip
        body = json.dumps({"mode": "continue", "items": items}).encode()
        return "POST", "/v1/payments/batch", body

    yield "1,000 accounts", accounts
    yield "1,000 payments", payments


# --- Sending -------------------------------------------------------------------------------


def sending(port: int, token: str, method: str, path: str, body: bytes | None) -> Sent:
    """One request after the other, on one connection as long as it lasts."""
    line = [HTTPConnection("127.0.0.1", port, timeout=120)]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send() -> int | None:
        try:
            line[0].request(method, path, body, headers)
            answer = line[0].getresponse()
            answer.read()
        except (OSError, HTTPException):  # closed on us, as it may
            line[0] = HTTPConnection("127.0.0.1", port, timeout=120)
            return None
        return answer.status

    return send


def sending_others(port: int, token: str, made: Callable[[int], tuple[str, str, bytes]]) -> Sent:
    """Each time another request."""
    turns = iter(range(10**6))

    def send() -> int | None:
        return sending(port, token, *made(next(turns)))()

    return send


def flooding(port: int, begin: bytes, more: bytes) -> Sent:
    """A connection that says `begin` and then `more` for ever, until it is ended."""

    def flood() -> int | None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            with contextlib.suppress(OSError):
                line.sendall(begin)
                for _ in range(FLOOD_BYTES // len(more)):
                    line.sendall(more)
            with contextlib.suppress(OSError):
                answer = line.recv(100)
                return int(answer.split()[1]) if answer else None
        return None

    return flood


def holding(port: int, said: bytes, count: int) -> Sent:
    """So many connections at once that say this and nothing more."""

    def hold() -> int | None:
        lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for line in lines:
            with contextlib.suppress(OSError):
                line.sendall(said)
        time.sleep(0.5)
        for line in lines:
            line.close()
        return None

    return hold


def attack(server: Server, other: Sent, send: Sent, seconds: float) -> Found:
    """Send for so long, at least once, while the other tenant reads; before that it reads alone."""
    found, over = Found(), threading.Event()
    alone_until = time.monotonic() + IDLE_S
    while time.monotonic() < alone_until:
        started = time.monotonic()
        other()
        found.idle.append(time.monotonic() - started)
        time.sleep(0.005)
    until = time.monotonic() + seconds
    server.forget_peak()
    before = server.processor_s()

    def sender() -> None:
        while True:
            started = time.monotonic()
            found.answers.add(send())
            found.walls.append(time.monotonic() - started)
            if time.monotonic() > until:
                over.set()
                return

    at_work = threading.Thread(target=sender)
    at_work.start()
    while not over.is_set():
        started, spent = time.monotonic(), server.processor_s()
        answered = other()
        found.others.append(time.monotonic() - started)
        found.others_processor.append(server.processor_s() - spent)
        found.refused += answered != 200  # noqa: PLR2004
        time.sleep(0.005)
    at_work.join()
    found.processor_s = server.processor_s() - before
    found.peak_mb = server.peak_mb()
    return found


def attacks(port: int, token: str, heavy: str) -> Iterator[tuple[str, Sent]]:
    for part in SIZES:
        size = MAX_BODY_BYTES // part - 1
        for name, method, path, body in bodies(size):
            yield f"{size / 1024:,.0f} kB {name}", sending(port, token, method, path, body)
    yield "4 MB of lists without a key", sending(port, "none", "POST", "/v1/accounts", b"[" + b"[]," * 1_390_000 + b"1]")  # fmt: skip  # noqa: E501
    for name, made in good_batches():
        yield name, sending_others(port, token, made)
    head = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
    yield "200 MB of small headers", flooding(port, head, b"A: b\r\n" * 10_000)
    yield "200 MB of one header", flooding(port, head + b"A: ", b"b" * 65536)
    chunked = b"POST /v1/accounts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: "
    yield "200 MB of one trailer", flooding(port, chunked, b"b" * 65536)
    yield "200 MB of a path", flooding(port, b"GET /", b"b" * 65536)
    yield "1,500 silent connections", holding(port, b"", 1500)
    yield "1,500 half heads", holding(port, head, 1500)
    yield "what-if of 2,000 accounts", sending(port, token, "POST", "/v1/policies/unlimited/what-if", b'{"grace_days":3}')  # fmt: skip  # noqa: E501
    yield "self-check of a long history", sending(port, token, "GET", f"/v1/accounts/{heavy}/self-check", None)  # fmt: skip  # noqa: E501
    as_of = FIRST_DUE_ON - timedelta(days=1)
    yield "a long history as of a day", sending(port, token, "GET", f"/v1/accounts/{heavy}?as_of={as_of}", None)  # fmt: skip  # noqa: E501
    turns = iter(range(10**6))

    def backdated() -> int | None:
        money = {
            "account_id": heavy, "reference": f"back-{next(turns)}", "amount_minor": 1,
            "currency": "USD", "effective_on": as_of.isoformat(),
        }  # fmt: skip
        return sending(port, token, "POST", "/v1/payments", json.dumps(money).encode())()

    yield "a payment in the past of a long history", backdated


@contextmanager
def served(at: Place) -> Iterator[Server]:
    """`accord serve`, one process, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment: Mapping[str, str] = {**at.environment, "ACCORD_POOL_SIZE": "20"}
    with (at.folder / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
            cwd=ROOT, env=dict(environment), stdout=log, stderr=log,
        )  # fmt: skip
        try:
            wait_for(port, process)
            yield Server(process.pid, port)
        finally:
            process.terminate()
            process.wait(30)


async def another(at: Place) -> str:
    """The key of a second tenant."""
    async with at.owner.transaction() as tx:
        tenant = await tenancy.create_tenant(tx, name="other", time_zone="UTC", sandbox=True)
        return await tenancy.create_key(tx, tenant, name="other", role=Role.ADMIN, scopes=["*"])


def read_of(port: int, token: str) -> Sent:
    """The other tenant's reading of an account it has."""
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    placed = {"reference": "O", "currency": "USD", "balance": {"principal_minor": 100}}
    line.request("POST", "/v1/accounts", json.dumps(placed), headers)
    account = json.loads(line.getresponse().read())["id"]
    return sending(port, token, "GET", f"/v1/accounts/{account}", None)


async def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3
    wanted = sys.argv[2:]
    async with place() as at:
        heavy = encode("acc", await past(at, "HEAVY", EARLIER))
        await copies(at, TRIED)
        token = await another(at)
        beyond = beyond_wall = 0
        with served(at) as server:
            other = read_of(server.port, token)
            print(HEAD)
            for name, send in attacks(server.port, at.token, heavy):
                if not wanted or any(one in name for one in wanted):
                    found = await asyncio.to_thread(attack, server, other, send, seconds)
                    beyond += not found.holds
                    beyond_wall += not found.holds_on_the_wall
                    print(found.line(name), flush=True)
    limits = f"{MOST_WALL_S:g} s, or {MOST_OTHERS_S * 1000:g} ms more than idle at p99"
    print(f"beyond {limits}: {beyond_wall} by the wall clock, {beyond} by processor time")
    raise SystemExit(1 if beyond else 0)


if __name__ == "__main__":
    asyncio.run(main())
