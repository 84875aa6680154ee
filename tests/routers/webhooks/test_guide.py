"""docs/guides/webhooks.md: its snippets believe what we send, and nothing else."""

import json
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.webhooks.attempts import WAITS_S
from tests.clock import real_now

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "webhooks.md").read_text("utf-8")


def block(language):
    """The guide's snippet in that language."""
    return re.search(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)[1]


def in_python(folder, secret, got):
    asked = "import json, sys\nsecret, headers, body = json.loads(sys.stdin.read())\n"
    asked += "print(json.dumps(event_of(secret, headers, body.encode())))\n"
    return run([sys.executable, "-c", block("python") + asked], secret, got)


def in_node(folder, secret, got):
    asked = 'const [s, h, b] = JSON.parse(require("node:fs").readFileSync(0));\n'
    asked += "console.log(JSON.stringify(eventOf(s, h, b)));\n"
    return run(["node", "-e", block("js") + asked], secret, got)


def in_shell(folder, secret, got):
    (folder / "body.json").write_bytes(got.body)
    names = {"ID": "webhook-id", "SENT_AT": "webhook-timestamp", "SIGNATURE": "webhook-signature"}
    said = {name: got.headers[header] for name, header in names.items()}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block("sh verify")],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "SECRET": secret, **said},
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(got.body) if "it is Accord's" in done.stdout else None


def run(command, secret, got):
    given = json.dumps([secret, got.headers, got.body.decode()])
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture
async def told(hooks, desk, clock):
    """The secret, and a request as it was sent, two secrets in force, at the time it is."""
    made = await hooks.made()
    path = f"/v1/webhooks/{made['id']}/rotate-secret"
    await desk.post(path, {}, status=200)
    await desk.account(reference="A")
    clock.at = real_now() + timedelta(seconds=5)
    await hooks.turns()
    return made["secret"], hooks.receiver.got[0]


@pytest.mark.parametrize(
    ("needs", "verified"),
    [
        pytest.param(None, in_python, id="python"),
        pytest.param("node", in_node, id="node"),
        pytest.param("openssl", in_shell, id="shell"),
    ],
)
async def test_a_snippet_believes_what_we_send_and_nothing_else(told, tmp_path, needs, verified):
    if needs and not shutil.which(needs):
        pytest.skip(f"no {needs} here")
    secret, got = told
    assert verified(tmp_path, secret, got) == got.event

    for header, value in (
        ("webhook-id", "evt_x"),
        ("webhook-timestamp", str(int(got.headers["webhook-timestamp"]) - 301)),
        ("webhook-signature", "garbage"),
        ("webhook-signature", "v2,AAAA v1,AAAA"),
    ):
        real = got.headers[header]
        got.headers[header] = value
        assert verified(tmp_path, secret, got) is None, header
        got.headers[header] = real
    got.body = got.body.replace(b"account.created", b"account.deleted")
    assert verified(tmp_path, secret, got) is None


async def test_the_endpoint_of_the_guide_is_made(desk):
    (said,) = re.findall(r"-d \"(\{.*\})\"", block("sh endpoint"))
    body = json.loads(said.replace('\\"', '"').replace("$URL", "https://hooks.example.com/"))
    assert (await desk.post("/v1/webhooks", body))["types"] == body["types"]


def test_the_guide_says_the_waits_there_are():
    seconds = {"seconds": 1, "minutes": 60, "hours": 3600}
    said = re.search(r"tried again: after (.*?),\neach", GUIDE, flags=re.DOTALL)[1]
    waits, pending = [], []
    for number, unit in re.findall(r"(\d+)(?: (seconds|minutes|hours))?", said):
        pending.append(int(number))
        if unit:
            waits += [one * seconds[unit] for one in pending]
            pending = []
    assert tuple(waits) == WAITS_S[1:]
