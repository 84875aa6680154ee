"""README.md's session is played as it stands, and answers what it says."""

import json
import re
import shutil
import signal
import subprocess

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.standing.status import Standing
from tests.cli.processes import PATIENCE_S, ROOT

README = (ROOT / "README.md").read_text()
TENANT = "my-shop"


def block(language):
    return re.search(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)[1]


def test_the_picture_of_a_plans_life_has_every_state_there_is():
    (drawn,) = re.findall(r"^stateDiagram-v2\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    states = set(re.findall(r"^ +(\w+) -->|--> (\w+)", drawn, flags=re.MULTILINE))

    assert {one for pair in states for one in pair if one} == {*PlanStatus, *Standing}


def without_ids(document):
    return {**document, "missed": len(document["missed"])}


@pytest.mark.skipif(not shutil.which("curl"), reason="the session is written for curl")
def test_the_session_runs_and_answers_what_it_says(start, accord):
    accord("tenants", "create", TENANT, "--sandbox")
    made = accord("keys", "create", "--tenant", TENANT, "--role", "admin", "--scopes", "*")
    key = made.stdout.strip()
    server = start("serve", "--port", "0")
    base = server.serves()

    played = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block("sh session")],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "ACCORD": base, "KEY": key},
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    answers = [json.loads(line) for line in played.stdout.splitlines() if line.startswith("{")]
    late = next(answer for answer in answers if "past_due_days" in answer)

    assert without_ids(late) == without_ids(json.loads(block("json")))
    assert answers[-1]["ok"] is True
    assert server.ends(signal.SIGTERM) == 0


def test_the_commands_before_the_session_are_what_this_test_does():
    setup = re.search(r"^(\S*accord tenants create .*)$", README, flags=re.MULTILINE)[1]

    assert f"tenants create {TENANT} --sandbox" in setup
    assert f"keys create --tenant {TENANT} --role admin --scopes '*'" in README
