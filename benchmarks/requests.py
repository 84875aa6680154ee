"""The whole `POST /v1/schedules` request beside `/healthz`, the cheapest one there is.

Twelve monthly installments on a US calendar: authenticated, its tenant entered, worked out and
rendered; against a route that does nothing. One process, one connection at a time, so that it is
the request that is timed and not the queue. Rounds are interleaved; the medians are compared.

    python -m benchmarks.requests [SECONDS [ROUNDS]]
"""

import asyncio
import json
import sys
from statistics import median

from benchmarks.load import Load, place, serving, wrk

AIM = 3.0
SCHEDULE = {
    "currency": "USD",
    "terms": {
        "amount_minor": 12_000_00,
        "installment_count": 12,
        "frequency": {"every": 1, "unit": "month"},
        "first_due_on": "2026-03-15",
        "business_days": {"calendar": "US-FED", "convention": "following"},
    },
}


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    seconds, rounds = (*given, *(3, 9)[len(given) :])
    async with place() as at:
        headers = (
            f'wrk.headers["Authorization"] = "Bearer {at.token}"\n'
            'wrk.headers["Content-Type"] = "application/json"\n'
        )
        post = f"wrk.method = 'POST'\nwrk.body = '{json.dumps(SCHEDULE)}'\n"
        kinds = {"/healthz": headers, "/v1/schedules": headers + post}
        found: dict[str, list[Load]] = {path: [] for path in kinds}
        with serving(at) as port:
            for number in range(rounds + 1):
                for path, script in kinds.items():
                    url = f"http://127.0.0.1:{port}{path}"
                    load = wrk(url, script, at.folder, seconds=seconds, connections=1)
                    if number:  # the first builds the calendar's years
                        found[path].append(load)
    took = {path: [1000 / load.rate for load in loads] for path, loads in found.items()}
    for path, times in took.items():
        print(f"{path:<15} {1000 / median(times):>8,.0f}/s  {median(times):>6.3f} ms")
    ratio = median(whole / least for least, whole in zip(*took.values(), strict=True))
    print(f"ratio {ratio:.2f} (aim: at most {AIM:.1f})")


if __name__ == "__main__":
    asyncio.run(main())
