"""How long a representative waits for a person, by what is typed: p50 and p95 over HTTP.

Persons with a phone and an e-mail each, and names of which many begin alike, brought in by SQL.
Asked in turns, on one connection, with values drawn anew for each question.

    python -m benchmarks.persons [PERSONS [QUESTIONS]]          (default: 1000000 300)
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from urllib.parse import urlencode

from sqlalchemy import text

from benchmarks.load import Place, place, serving, tidy

GIVEN = ("Ada", "Alan", "Barbara", "Carlos", "Dmitri", "Elena", "Grace", "Jane", "Jorge", "Zoe")
_PERSONS = text("""
    INSERT INTO person (tenant_id, id, role, reference, name)
    SELECT CAST(:tenant AS uuid),
        CAST(lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000' AS uuid), 'debtor',
        'D-' || n, (CAST(:given AS text[]))[1 + n % cardinality(:given)] || ' ' || md5(n::text)
    FROM generate_series(1, CAST(:persons AS integer)) AS n
""")
_POINTS = text("""
    INSERT INTO contact_point (tenant_id, id, person_id, kind, value, normalized, label, priority,
        shared, employer_provided, source, version)
    SELECT p.tenant_id, gen_random_uuid(), p.id, k.kind, k.value, k.value, 'other', 1, false,
        false, 'import', 1
    FROM person AS p, LATERAL (
        SELECT substring(p.reference FROM 3)::integer AS n
    ) AS d, LATERAL (VALUES
        ('email', 'd' || d.n || '@example.com'), ('phone', '+1312' || 2000000 + d.n)
    ) AS k (kind, value)
""")


async def fill(at: Place, persons: int) -> None:
    async with at.owner.transaction() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign keys
        given = {"tenant": at.tenant_id, "given": list(GIVEN), "persons": persons}
        await tx.execute(_PERSONS, given)
        await tx.execute(_POINTS)
    tidy(at)


def asked(persons: int) -> Mapping[str, Callable[[], str]]:
    """What is asked, by name."""
    drawn = random.Random(1)  # noqa: S311 - the same questions each time

    def one(path: str, name: str, value: Callable[[int], str]) -> Callable[[], str]:
        return lambda: f"{path}?{urlencode({name: value(drawn.randint(1, persons))})}"

    def given(n: int) -> str:
        return GIVEN[n % len(GIVEN)]

    return {
        "by reference": one("/v1/persons", "reference", lambda n: f"D-{n}"),
        "by e-mail": one("/v1/persons", "email", lambda n: f"d{n}@example.com"),
        "by phone": one("/v1/persons", "phone", lambda n: f"+1312{2000000 + n}"),
        "by the beginning of a name": one("/v1/persons", "name", lambda n: f"{given(n)} {n % 9}"),
        "by a given name a tenth has": one("/v1/persons", "name", given),
        "by a letter": one("/v1/persons", "name", lambda n: given(n)[0]),
        "accounts, by a phone typed": one("/v1/accounts", "q", lambda n: f"+1312{2000000 + n}"),
    }  # fmt: skip


def measured(port: int, token: str, question: Callable[[], str], questions: int) -> list[float]:
    """Milliseconds a question, sorted."""
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for _ in range(questions):
        started = time.perf_counter()
        line.request("GET", question(), headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        said = answer.read()
        found.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:  # noqa: PLR2004 - OK
            raise SystemExit(f"{answer.status} {said.decode()}")
    return sorted(found)


async def main() -> None:
    """Print a line for each."""
    persons, questions = (
        int(one) for one in [*sys.argv[1:], *("1000000", "300")[len(sys.argv) - 1 :]]
    )
    async with place() as at:
        await fill(at, persons)
        with serving(at) as port:
            print(f"{persons:,} persons, {questions} questions each")
            for name, question in asked(persons).items():
                measured(port, at.token, question, 20)
                took = measured(port, at.token, question, questions)
                p50, p95 = (took[int(len(took) * share)] for share in (0.5, 0.95))
                print(f"{name:<30} p50 {p50:>6.1f} ms   p95 {p95:>6.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
