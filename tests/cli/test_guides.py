"""The guides' snippets are run as they stand, in their order, against servers of their own."""

import json
import re
import shutil
import subprocess
import sys
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from tests.cli.processes import PATIENCE_S, ROOT, free_port

PROGRAMS = f"{ROOT / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin"
pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="the guides are for curl")


def blocks(guide, language):
    """The guide's snippets in that language, as one program."""
    text = (ROOT / "docs" / "guides" / f"{guide}.md").read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert found, (guide, language)
    return "".join(found)


@pytest.fixture
def play(tmp_path):
    """`play("billing", "sh", KEY=…)`: the documents a guide's snippets print."""

    def play(guide, language, **settings):
        program = {"sh": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
        played = subprocess.run(
            [*program[language], blocks(guide, language)],
            env={"PATH": PROGRAMS, "HOME": str(tmp_path), **settings}, cwd=tmp_path,
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        assert played.returncode == 0, played.stdout + played.stderr
        return played.stdout.splitlines()

    return play


@pytest.fixture
def shop(accord):
    """`shop("agent", …)`: a new sandbox, and a key of each role."""

    def shop(*roles):
        name = f"shop-{uuid4().hex[:8]}"
        accord("tenants", "create", name, "--sandbox")
        made = ("keys", "create", "--tenant", name, "--scopes", "*", "--role")
        return [accord(*made, role).stdout.strip() for role in roles]

    return shop


def ask(base, key, path, body, method="POST"):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(base + path, json.dumps(body).encode(), headers, method=method)) as answer:
        return json.load(answer)


def test_the_guides_of_billing_systems_and_crms(start, shop, play):
    server = start("serve", "--port", "0", ACCORD_WORKERS="true")
    base = server.serves()
    _billing(play, base, *shop("admin"))
    _crm(play, base, *shop("admin", "agent", "supervisor"))


def _billing(play, base, key):
    said = play("billing", "sh", ACCORD=base, KEY=key)
    told = [json.loads(line) for line in said if line.startswith("{")]
    imported = next(one for one in told if one.get("finished_at"))
    assert (imported["status"], imported["outcomes"]["stored"]["rows"]) == ("completed", 2)
    guide = (ROOT / "docs" / "guides" / "billing.md").read_text()
    (reject,) = next(one for one in told if "data" in one)["data"]
    assert f"`{reject['reason']}`" in guide
    results = next(one for one in told if "results" in one)["results"]
    assert [one["status"] for one in results] == [201, 404]
    reconciled = next(one for one in told if "adds_up" in one)
    assert [one["reference"] for one in reconciled["findings"]] == ["BANK-3", "BANK-7"]
    assert {one["type"] for one in told[-1]["data"]} == {"payment.posted", "payment.reversed"}
    mirrored = play("billing", "python", ACCORD=base, KEY=key)
    assert mirrored == ["INV-2026-0041 90000", "INV-2026-0042 45000"]


def _crm(play, base, admin, agent, boss):
    ask(base, admin, "/v1/sandbox/clock", {"business_date": "2026-03-01"}, method="PUT")
    for reference, name in (("INV-7", "Ada Lovelace"), ("INV-8", "Grace Hopper")):
        debtor = {"reference": f"CUST-{reference}", "name": name}
        body = {"reference": reference, "currency": "USD", "product": "invoice",
                "balance": {"principal_minor": 120000}, "debtor": debtor}  # fmt: skip
        ask(base, admin, "/v1/accounts", body)
    said = play("crm", "python", ACCORD=base, KEY=agent, BOSS_KEY=boss)
    assert said[0] == "120000 0"
    assert "PAYMENT PLAN TERMS" in said
    assert said[-1] == "[None, 'wages come on the 1st']"


def test_the_guide_of_an_installation_of_ones_own(accord, elsewhere, play):
    urls = {"OWNER_URL": elsewhere["ACCORD_ADMIN_DATABASE_URL"],
            "APP_URL": elsewhere["ACCORD_DATABASE_URL"]}  # fmt: skip
    said = play("embedding", "sh", PORT=str(free_port()), **urls)
    assert any('"role":"admin"' in line for line in said)
    compose = (ROOT / "compose.yaml").read_text()
    for line in blocks("embedding", "sh docker").splitlines():
        words = line.split()
        assert words[:2] == ["docker", "compose"]
        if words[2] == "run":
            assert f"\n  {words[4]}:\n" in compose
            done = accord(*(one.strip("'") for one in words[5:]), **elsewhere)
            assert done.exit_code == 0, done.output


def test_every_guide_is_run_or_said_not_to_be():
    """Those of webhooks and messages have tests beside what they are about."""
    guides = {path.stem for path in (ROOT / "docs" / "guides").iterdir()}
    assert guides == {"billing", "crm", "embedding", "messages", "operations", "webhooks"}
