"""The least a durable, idempotent posting of one tenant must write, on bare tables, by pgbench.

Not our statements, and not our tables: no foreign keys, row security, checks or indexes but the
keys and one unique reference. One transaction: the idempotency key, the account locked and its
state read, the payment, a ledger row, an event, the account rewritten. The state is the real one
of an account with a plan, as text, because what compresses costs what compressing costs.
"""

import re
import subprocess

from sqlalchemy import text

from app.storage.embedded import embedded
from benchmarks.load import CONNECTIONS, Load, Place, login

_RATE = re.compile(r"tps = ([\d.]+)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")
_BODY, _DATA = 896, 300  # bytes: a stored reply, and an event's data

_TABLES = """
CREATE SCHEMA bare;
CREATE TABLE bare.reply (tenant int, key text, fingerprint bytea, status int, body text,
    kept_at timestamptz, PRIMARY KEY (tenant, key));
CREATE TABLE bare.account (tenant int, id bigint, balance bigint, sequence bigint, version bigint,
    state text, PRIMARY KEY (tenant, id)) WITH (fillfactor = 70);
CREATE TABLE bare.payment (tenant int, account bigint, id bigint, reference text, amount bigint,
    currency text, effective_on date, method text, status text,
    PRIMARY KEY (tenant, account, id), UNIQUE (tenant, reference));
CREATE TABLE bare.ledger (tenant int, account bigint, id bigint, payment bigint, kind text,
    effective_on date, amount bigint, unapplied bigint, PRIMARY KEY (tenant, account, id));
CREATE TABLE bare.event (tenant int, account bigint, id bigint, type text, at timestamptz,
    data text, hash bytea, PRIMARY KEY (tenant, account, id));
"""

_POSTING = """\
\\set a random(1, :accounts)
\\set u random(1, 9000000000000000)
BEGIN\\;
INSERT INTO bare.reply VALUES (1, 'K' || :u, '\\x{digest}', 201, '{body}', now())
  ON CONFLICT DO NOTHING\\;
SELECT balance, sequence, state FROM bare.account WHERE tenant = 1 AND id = :a FOR NO KEY UPDATE\\;
INSERT INTO bare.payment
  VALUES (1, :a, :u, 'F' || :u, 10000, 'USD', current_date, 'ach', 'posted')\\;
INSERT INTO bare.ledger VALUES (1, :a, :u, :u, 'payment', current_date, -10000, 0)\\;
INSERT INTO bare.event VALUES (1, :a, :u, 'payment.posted', now(), '{data}', '\\x{digest}')\\;
UPDATE bare.account SET balance = balance - 10000, sequence = sequence + 1, state = '{state}',
  version = version + 1 WHERE tenant = 1 AND id = :a\\;
COMMIT;
"""


async def prepare(at: Place, accounts: int) -> str:
    """Make the bare tables with so many accounts; answers the script of one posting."""
    async with at.owner.transaction() as tx:
        for statement in filter(str.strip, _TABLES.split(";")):
            await tx.execute(text(statement))
        state = (await tx.execute(text("SELECT state::text FROM account LIMIT 1"))).scalar_one()
        fill = text(
            "INSERT INTO bare.account SELECT 1, g, 1000000000, 0, 0, :state"
            " FROM generate_series(1, :accounts) g"
        )
        await tx.execute(fill, {"state": state, "accounts": accounts})

    return _POSTING.format(
        digest="00112233445566778899aabbccddeeff" * 2,
        body="what was answered " * (_BODY // 18),
        data="data of an event " * (_DATA // 17),
        state=state.replace("'", "''"),
    )


def pgbench(at: Place, script: str, *, accounts: int, seconds: float) -> Load:
    """One round of it, with as many clients as the service has connections."""
    path = at.folder / "independent.sql"
    path.write_text(script, encoding="utf-8")
    log = at.folder / "independent"
    for old in at.folder.glob("independent.[0-9]*"):
        old.unlink()
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own client
        ["pgbench", *login(at, embedded.SUPERUSER), "-n", "-M", "simple", "-f", str(path),  # noqa: S607
         "-c", str(CONNECTIONS), "-j", "2", "-T", f"{seconds:.0f}", "-l", "--log-prefix", str(log),
         f"-Daccounts={accounts}"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    rate, failed = _RATE.search(done.stdout), _FAILED.search(done.stdout)
    if done.returncode or rate is None or failed is None or int(failed[1]):
        raise SystemExit(done.stdout + done.stderr)
    took = sorted(
        int(line.split()[2])
        for file in at.folder.glob("independent.[0-9]*")
        for line in file.open()
    )
    return Load(
        rate=float(rate[1]),
        p50_ms=took[len(took) // 2] / 1000,
        p99_ms=took[len(took) * 99 // 100] / 1000,
    )
