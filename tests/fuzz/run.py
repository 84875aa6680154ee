"""Every operation fuzzed by schemathesis against a server of its own, with a key and with seeds.

No answer may be a 5xx, of a status or shape the contract does not show, or of a method that is
not allowed. What the contract allows and the rules refuse (a date before another, an amount above
the balance) is no finding, so `positive_data_acceptance` is left out.

    python -m tests.fuzz.run [SECONDS [SEED]]
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx

from benchmarks.load import ROOT, place, serving

LEFT_OUT = "positive_data_acceptance"
EXAMPLES = {"example", "examples", "default"}
CONCURRENT = "2"
CLOCK, CLOCK_SECONDS = "/v1/sandbox/clock", "3"


def seeds(client):
    """One of everything that has an id, by the names the contract gives them."""
    made: dict[str, list[str]] = {}

    def post(path, body, *names):
        answer = client.post(path, json=body)
        if not answer.is_success:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
        for name in names:
            made.setdefault(name, []).append(answer.json()["id"])
        return answer.json()["id"]

    terms = {"installment_count": 3, "frequency": {"unit": "month"}, "first_due_on": "2026-03-01"}
    client.put("/v1/sandbox/clock", json={"business_date": "2026-02-01"})
    for number in range(4):
        owed = {"principal_minor": 900_00, "fees_minor": 10_00}
        debt = {"reference": f"seed-{number}", "currency": "USD", "balance": owed}
        account = post("/v1/accounts", debt, "account_id")
        money = {"reference": f"p-{number}", "amount_minor": 5_00, "currency": "USD"}
        post("/v1/payments", {"account_id": account, **money}, "payment_id")
        fee = {"reference": f"c-{number}", "kind": "fee", "amount_minor": 1_00}
        post(f"/v1/accounts/{account}/charges", fee, "charge_id")
        if number in {0, 1}:
            post("/v1/plans", {"account_id": account, "terms": terms}, "plan_id")
        if number == 2:
            post(f"/v1/accounts/{account}/quotes", {"terms": terms}, "quote_id", "supersedes")
            post(f"/v1/accounts/{account}/holds", {"kind": "dispute", "reason": "seed"}, "hold_id")
    made["name"] = ["default", "unlimited"]
    made["effective_on"] = made["business_date"] = ["2026-02-01"]
    made["first_due_on"] = ["2026-03-01"]
    return made


def with_seeds(document, made):  # noqa: C901 - two walks
    """The contract with our seeds as its examples, where those of an id can name nothing."""

    def shown(value, name=""):
        if isinstance(value, dict):
            return {key: shown(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [shown(inner, name) for inner in value]
        return made[name][0] if name in made and isinstance(value, str) else value

    def walk(node):
        for inner in node if isinstance(node, list) else ():
            walk(inner)
        if isinstance(node, dict):
            if node.get("in") == "path" and node.get("name") in made:
                node["example"] = made[node["name"]][0]
            for key, inner in node.items():
                node[key] = shown(inner) if key in EXAMPLES else walk(inner) or inner

    walk(document["paths"])
    walk(document["components"]["schemas"])
    return document


def main() -> None:
    seconds, seed = [*sys.argv[1:], *("45", "7")[len(sys.argv) - 1 :]]
    raise SystemExit(asyncio.run(fuzzed(seconds, seed)))


async def fuzzed(seconds: str, seed: str) -> int:
    async with place() as at:
        with serving(at) as port:
            base = f"http://127.0.0.1:{port}"
            key = {"Authorization": f"Bearer {at.token}"}
            with httpx.Client(base_url=base, headers=key, trust_env=False, timeout=60) as client:
                kept = at.folder / "seeds.json"
                made = seeds(client)
                kept.write_text(json.dumps(made), encoding="utf-8")
                contract = at.folder / "openapi.json"
                told = client.get("/openapi.json")  # noqa: ASYNC212 - nothing else runs here
                document = with_seeds(told.json(), made)
                contract.write_text(json.dumps(document), encoding="utf-8")
            command = [
                str(Path(sys.executable).with_name("st")), "run", str(contract), "--url", base,
                "--header", f"Authorization: {key['Authorization']}", "--seed", seed,
                "--checks", "all", "--exclude-checks", LEFT_OUT, "--workers", CONCURRENT,
                "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all",
                "--generation-database", "none", "--warnings", "off", "--no-color",
            ]  # fmt: skip
            hooks = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "ACCORD_FUZZ_SEEDS": str(kept)}
            environment = {**os.environ, **hooks, "PYTHONPATH": str(ROOT)}
            # The clock comes last: moved about, it would have every other command refused.
            parts = (("--exclude-path", CLOCK, seconds), ("--include-path", CLOCK, CLOCK_SECONDS))
            found = 0
            for which, path, time in parts:
                asked = [*command, which, path, "--max-time", time]
                ended = subprocess.run(asked, cwd=ROOT, env=environment, check=False)  # noqa: ASYNC221
                found |= ended.returncode
        tell((at.folder / "server.log").read_text(encoding="utf-8"))
    return found


def tell(log: str) -> None:
    """What the server answered, by its own log; and which operations never with a 2xx."""
    answers, reached, asked = Counter[str](), set[str](), set[str]()
    for line in log.splitlines():
        found = re.search(r'"method": ?"(\w+)", ?"route": ?"(/v1[^"]*)", ?"status": ?(\d+)', line)
        if found is None:
            continue
        operation = f"{found[1]} {found[2]}"
        answers[found[3]] += 1
        asked.add(operation)
        if found[3] < "300":
            reached.add(operation)
    print(f"{sum(answers.values())} answers: {dict(sorted(answers.items()))}")
    print(f"{len(reached)} of {len(asked)} operations with a 2xx; never: {sorted(asked - reached)}")


if __name__ == "__main__":
    main()
