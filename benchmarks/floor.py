"""The floor of a posting: the statements the service sends for one, sent by pgbench instead.

They are recorded from one real posting over HTTP. Each is prepared once a connection and executed
with the values the service sent, in which only what differs from posting to posting is put in
anew: ids, references, keys, sequence numbers. So the floor authenticates, locks, reads and
writes the same rows by the same plans, with as many clients. What it does without is HTTP and
everything the service does between the statements.
"""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import event

from app.main import create_app
from app.schemas.edge.ids import encode
from app.storage.books.function import PARTS
from app.storage.database import migrate
from app.storage.database.engine import Database
from benchmarks.copying import FIRST
from benchmarks.load import CONNECTIONS, INSTALLMENT, Load, Place, account_id, login

REFERENCE, KEY = "THE-REFERENCE", "THE-KEY"
_LATENCY = re.compile(r"latency average = ([\d.]+) ms")
_RATE = re.compile(r"tps = ([\d.]+)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")
_IMPATIENT = re.compile(r" FROM set_config\('lock_timeout', '5ms', true\)$")
_HEAD = f"""\
\\if :first
{{prepared}}
\\set first 0
\\set i 0
\\endif
\\set i :i + 1
\\set n {FIRST} + :accounts + (:start + :i * {CONNECTIONS} + :client_id) % :accounts
\\set u 200000000000 + :run * 10000000000 + :client_id * 100000000 + :i
"""

Statement = tuple[str, tuple[Any, ...]]


async def recorded(at: Place) -> tuple[Statement, ...]:
    """What one posting sends to the database; the second of two, when all is warm."""
    said: list[Statement] = []

    def remember(_c: object, _cu: object, sql: str, values: Sequence[Any], *_: object) -> None:
        said.append((sql, tuple(values)))

    def remember_driver(query: Any) -> None:  # noqa: ANN401 - asyncpg.LoggedQuery
        if query.args:  # not what a new connection asks
            said.append((query.query, tuple(query.args)))

    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.driver_connection.add_query_logger(remember_driver)

    database = Database(at.app_url, pool_size=1)
    try:
        database._lanes._not_before_s = inf  # noqa: SLF001 - all goes by the connection that is heard
        engine = database._engine.sync_engine  # noqa: SLF001
        event.listen(engine, "before_cursor_execute", remember)
        event.listen(engine, "connect", connected)
        app = create_app(database)
        async with app.router.lifespan_context(app) as state:

            async def with_state(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
                await app({**scope, "state": dict(state or {})}, receive, send)

            transport = httpx.ASGITransport(with_state)
            async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
                for number, suffix in ((1, "-1"), (0, "")):
                    said.clear()
                    answer = await client.post(
                        "/v1/payments",
                        json={
                            "account_id": encode("acc", account_id(number)),
                            "reference": REFERENCE + suffix,
                            "amount_minor": INSTALLMENT,
                            "currency": "USD",
                            "method": "ach",
                        },
                        headers={
                            "Authorization": f"Bearer {at.token}",
                            "Idempotency-Key": KEY + suffix,
                        },
                    )
                    answer.raise_for_status()
    finally:
        await database.dispose()
    if not any("accord_write_for_calls" in sql for sql, _ in said):
        raise SystemExit("what writes a posting was not heard")
    return tuple(said)


def pgbench_script(statements: Sequence[Statement]) -> str:
    """The transaction as pgbench runs it; its variables are `n` (the account) and `u` (unique)."""
    new_ids = _new_ids(statements)
    prepared, executed = [], []
    for number, (sent, values) in enumerate(statements):
        sql = _IMPATIENT.sub("", sent)  # who sends by itself has nobody to keep waiting
        prepared.append(f"PREPARE s{number} AS {sql};")
        literals = _literals(_arguments(sql, values), new_ids)
        ending = " \\gset p_" if "accord_look" in sql else ";"
        executed.append(f"EXECUTE s{number} ({literals}){ending}".replace("()", ""))
        if ending != ";":
            executed += [f"\\set {name}_1 :p_{name}_sequence + 1" for name in _COUNTED]
            executed += [f"\\set {name}_2 :p_{name}_sequence + 2" for name in _COUNTED]
    return _HEAD.format(prepared="\n".join(prepared)) + "\n".join(executed) + "\n"


_COUNTED = ("fact", "posting", "event")


def _new_ids(statements: Sequence[Statement]) -> dict[str, str]:
    """The ids the service made for this posting, and what stands for them."""
    text = " ".join(str(value) for _, values in statements for value in values)
    found = dict.fromkeys(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f-]{17}", text))
    own = [one for one in found if not one.startswith("0000")]
    tenant = next(str(v) for _, values in statements for v in values if isinstance(v, UUID)
                  and not str(v).startswith("0000"))  # fmt: skip
    made = [one for one in own if one != tenant]
    return {one: f"0{k:07x}-ffff-7000-8000-:u" for k, one in enumerate(made, start=0xFFFFF)}


def _literal(value: Any, new_ids: dict[str, str]) -> str:  # noqa: ANN401
    match value:
        case None | bool() | int():
            return "NULL" if value is None else str(value)
        case _Variable():
            return f"':{value.name}'"
        case _Row():
            return f"ROW({_literals(value.values, new_ids)})::{value.kind}"
        case list() | tuple():
            return f"ARRAY[{_literals(value, new_ids)}]"
        case _List():
            return f"ARRAY[{_literals(value.values, new_ids)}]::{value.kind}[]"
        case _:
            return _quoted(value, new_ids)


def _literals(values: Sequence[Any], new_ids: dict[str, str]) -> str:
    return ", ".join(_literal(one, new_ids) for one in values)


def _quoted(value: Any, new_ids: dict[str, str]) -> str:  # noqa: ANN401
    match value:
        case bytes():
            said = f"\\x{value.hex()}"
        case timedelta():
            said = f"{value.total_seconds():.0f} seconds"
        case _:
            said = str(value)
    for old, new in new_ids.items():
        said = said.replace(old, new)
    said = said.replace(f"-{FIRST}", "-:n").replace(REFERENCE, "F-:u").replace(KEY, "K-:u")
    return "'" + said.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class _Row:
    """A value of one of the types that `accord_write_for_calls` takes."""

    kind: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _List:
    """Values of a type that pgbench's words for them do not tell."""

    kind: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Variable:
    """What pgbench puts in anew for each posting."""

    name: str


def _arguments(sql: str, values: Sequence[Any]) -> Sequence[Any]:
    if "accord_write_for_calls" in sql:
        return _of_rows(values)
    if "accord_look_for_calls" in sql:
        kinds = ("bytea", "text", None, "uuid", "text", "text")
        pairs = zip(kinds, values, strict=True)
        return [_List(kind, value) if kind else value for kind, value in pairs]
    return values


def _of_rows(values: Sequence[Any]) -> list[Any]:
    """The function's arguments: its rows by their types, and what counts up in them."""
    tenant_id, (account,), _, *others = values
    said: list[Any] = [
        tenant_id,
        [_row("accounts", account, 0)],
        _List("xid", [_Variable("p_seen")]),
    ]
    for part in list(PARTS)[1:]:
        of, rows, *others = others
        said.append(of and _List("uuid", of))
        said.append(rows and [_row(part, row, number) for number, row in enumerate(rows, 1)])
    reply, kept_for = others[:-1], others[-1]
    kinds = ("text", "bytea", "integer", "jsonb", "bytea")
    return [*said, *map(_List, kinds, reply), kept_for]


def _row(part: str, values: tuple[Any, ...], number: int) -> _Row:
    given = dict(zip(PARTS[part].columns, values, strict=True))
    if part == "accounts":
        given |= {f"{name}_sequence": _Variable(f"{name}_1") for name in ("fact", "posting")}
        given["event_sequence"] = _Variable("event_2")
    elif "sequence" in given:
        given["sequence"] = _Variable(f"{part.removesuffix('s')}_{number}")
    if given.get("natural_key"):  # the verdict that the posting made true: once an account
        given["natural_key"] = f"{given['natural_key']} :u"
    kind = "plan" if part == "plan_changes" else part.removesuffix("s")
    return _Row(f"accord_written_{kind}", tuple(given.values()))


def pgbench(at: Place, script: str, *, accounts: int, run: int, seconds: float) -> Load:
    """One round of the floor, on the second `accounts` of them; the first are the service's."""
    path, log = at.folder / "floor.sql", at.folder / f"floor-{run}"
    path.write_text(script, encoding="utf-8")
    variables = {"first": 1, "i": 0, "accounts": accounts, "run": run, "start": run * 7919}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own client
        ["pgbench", *login(at, migrate.APP_ROLE), "-n", "-M", "simple", "-f", str(path),  # noqa: S607
         "-c", str(CONNECTIONS), "-j", "2", "-T", f"{seconds:.0f}", "-l", "--log-prefix", str(log),
         *(f"-D{name}={value}" for name, value in variables.items())],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    rate, failed = _RATE.search(done.stdout), _FAILED.search(done.stdout)
    if done.returncode or rate is None or failed is None or int(failed[1]):
        raise SystemExit(done.stdout + done.stderr)
    files = at.folder.glob(f"floor-{run}.*")
    took = sorted(int(line.split()[2]) for file in files for line in file.open())
    return Load(
        rate=float(rate[1]),
        p50_ms=took[len(took) // 2] / 1000,
        p99_ms=took[len(took) * 99 // 100] / 1000,
    )
