"""Every operation fuzzed by schemathesis against a server of its own, with a key and with seeds.

No answer may be a 5xx, of a status or shape the contract does not show, or of a method that is
not allowed. What the contract allows and the rules refuse (a date before another, an amount above
the balance) is no finding, so `positive_data_acceptance` is left out. So is
`missing_required_header`: the only one is the key, and taken away it is put back; `ignored_auth`
asks the same.

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

from app.domain.vocabulary import Role
from app.storage import tenancy
from benchmarks.load import ROOT, place, serving
from tests.fuzz.seeds import Seeds
from tests.routers.samples import inlined

LEFT_OUT = "positive_data_acceptance,missing_required_header"
EXAMPLES = {"example", "examples", "default"}
CONCURRENT = "2"
CLOCK, CLOCK_SECONDS = "/v1/sandbox/clock", "3"


def with_seeds(document, made):  # noqa: C901 - two walks
    """The contract with our seeds as its examples, where those of an id can name nothing."""
    known = made.spare

    def shown(value, name=""):
        if isinstance(value, dict):
            return {key: shown(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [shown(inner, name) for inner in value]
        return known[name][0] if name in known and isinstance(value, str) else value

    def walk(node):
        for inner in node if isinstance(node, list) else ():
            walk(inner)
        if isinstance(node, dict):
            if node.get("in") == "path" and node.get("name") in known:
                node["example"] = known[node["name"]][0]
            for key, inner in node.items():
                node[key] = shown(inner) if key in EXAMPLES else walk(inner) or inner

    walk(document["paths"])
    walk(document["components"]["schemas"])
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if ready := made.ready.get(f"{method.upper()} {path}"):
                _shown_in(operation, ready)
    return document


def _shown_in(operation, ready):
    """A request that would be done, as the example of its operation."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = ready["path"][parameter["name"]]
    if ready["body"] is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = ready["body"]


def main() -> None:
    seconds, seed = [*sys.argv[1:], *("45", "7")[len(sys.argv) - 1 :]]
    raise SystemExit(asyncio.run(fuzzed(seconds, seed)))


async def fuzzed(seconds: str, seed: str) -> int:
    async with place() as at:
        with serving(at) as port:
            base = f"http://127.0.0.1:{port}"
            key = {"Authorization": f"Bearer {at.token}", "Accord-Actor": "boss"}
            with httpx.Client(base_url=base, headers=key, trust_env=False, timeout=60) as client:
                kept = at.folder / "seeds.json"
                async with at.owner.transaction() as tx:
                    agent = await tenancy.create_key(
                        tx, at.tenant_id, name="agent", role=Role.AGENT, scopes=["*"]
                    )
                their = {"Authorization": f"Bearer {agent}", "Accord-Actor": "ann"}
                by = httpx.Client(base_url=base, headers=their, trust_env=False, timeout=60)
                with by:
                    made = Seeds(client, by).make()
                kept.write_text(
                    json.dumps({"known": made.spare, "ready": made.ready}), encoding="utf-8"
                )
                contract = at.folder / "openapi.json"
                told = client.get("/openapi.json")  # noqa: ASYNC212 - nothing else runs here
                document = with_seeds(inlined(told.json()), made)
                contract.write_text(json.dumps(document), encoding="utf-8")
                contract_operations = operations_of(document)
            command = [
                str(Path(sys.executable).with_name("st")), "run", str(contract), "--url", base,
                "--header", f"Authorization: {key['Authorization']}",
                "--header", f"Accord-Actor: {key['Accord-Actor']}", "--seed", seed,
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
        tell((at.folder / "server.log").read_text(encoding="utf-8"), contract_operations)
    return found


def operations_of(document) -> set[str]:
    """Every operation of the contract, by method and path."""
    paths = document["paths"].items()
    return {f"{method.upper()} {path}" for path, methods in paths for method in methods}


def tell(log: str, operations: set[str]) -> None:
    """What the server answered, by its own log; and which operations never with a 2xx."""
    answers, reached = Counter[str](), set[str]()
    for line in log.splitlines():
        found = re.search(r'"method": ?"(\w+)", ?"route": ?"(/v1[^"]*)", ?"status": ?(\d+)', line)
        if found is None:
            continue
        answers[found[3]] += 1
        if found[3] < "300":
            reached.add(f"{found[1]} {found[2]}".replace(":path}", "}"))
    print(f"{sum(answers.values())} answers: {dict(sorted(answers.items()))}")
    never = sorted(operations - reached)
    reached &= operations
    print(f"{len(reached)} of {len(operations)} operations with a 2xx; never: {never}")


if __name__ == "__main__":
    main()
