"""Generated clients play README's session, and newman the Postman collection, against a server.

    make clients          # generates them, checks their types, and then runs this
    python -m tests.clients.play

Each story is of a sandbox of its own, and ends as README says. The collection is given a key and
nothing else: no request of it may be answered by what no client should see (a 5xx, or a 4xx for a
request that is malformed, unauthenticated or of another method).
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from app.domain.vocabulary import Role
from app.storage import tenancy
from benchmarks.load import ROOT, Place, place, serving

CLIENTS = ROOT / "clients"
BIN = CLIENTS / "node_modules" / ".bin"
STORIES = {
    "openapi-typescript, openapi-fetch": [str(BIN / "jiti"), "stories/fetch.ts"],
    "@hey-api/openapi-ts": [str(BIN / "jiti"), "stories/hey.ts"],
    "openapi-python-client": [sys.executable, "stories/story.py"],
}
#: What the session comes to, of README's own answer.
WANTED = {"payments": 1, "standing_then": "due", "told": True, "ok": True}


def main() -> None:
    raise SystemExit(asyncio.run(played()))


async def played() -> int:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = json.loads(re.search(r"^```json\n(.*?)^```", readme, flags=re.MULTILINE | re.DOTALL)[1])
    wanted = WANTED | {name: shown[name] for name in ("past_due_days", "overdue_minor")}
    failed = 0
    async with place() as at:
        with serving(at) as port:
            base = f"http://127.0.0.1:{port}"
            for name, command in STORIES.items():
                said = told(command, base, await sandbox(at, name))
                failed += said != wanted
                print(f"{name}: {'as README says' if said == wanted else said}")
            failed += collection(base, await sandbox(at, "newman"), at.folder / "newman.json")
    return min(failed, 1)


async def sandbox(at: Place, name: str) -> str:
    """A key that may do everything, of a sandbox of its own."""
    async with at.owner.transaction() as tx:
        made = await tenancy.create_tenant(tx, name=name, time_zone="UTC", sandbox=True)
        return await tenancy.create_key(tx, made, name=name, role=Role.ADMIN, scopes=["*"])


def told(command: list[str], base: str, key: str) -> object:
    """What a story prints at its end, or what it failed with."""
    own = {"ACCORD_URL": base, "ACCORD_KEY": key, "PYTHONPATH": str(CLIENTS / "made" / "python")}
    done = subprocess.run(
        command, cwd=CLIENTS, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def collection(base: str, key: str, report: Path) -> int:
    """Whether newman found anything; it prints what was answered."""
    command = [
        str(BIN / "newman"), "run", str(ROOT / "docs" / "accord.postman_collection.json"),
        "--env-var", f"baseUrl={base}", "--env-var", f"bearerToken={key}",
        "--reporters", "json", "--reporter-json-export", str(report),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, check=False)
    run = json.loads(report.read_text(encoding="utf-8"))["run"]
    answers = Counter(one["response"]["code"] for one in run["executions"] if "response" in one)
    stats = run["stats"]
    print(
        f"newman: {stats['requests']['total']} requests, {stats['assertions']['total']} "
        f"assertions, {len(run['failures'])} failed; answers {dict(sorted(answers.items()))}"
    )
    for failure in run["failures"]:
        print(f"  {failure['source']['name']}: {failure['error']['message']}")
    return done.returncode


if __name__ == "__main__":
    main()
