"""The fault tables, in small: the faults that end fastest, with every kind of command in flight.

The three run at once. Each mostly waits, for a server to come back or for its next try.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUICK = (
    "three times at once",
    "client drops",
    "terminate_backend",
    "kill -9 of the server",
    "stop immediate",
)
PATIENCE_S = 300
COMMANDS = ("tests.faults", "--faults", "40", "--only", *QUICK)
EVENTS = (
    "tests.faults.webhooks", "--events", "150", "--accounts", "15", "--kills", "2",
    "--speed", "120", "--patience", "250",
)  # fmt: skip
MESSAGES = ("tests.faults.messages", "--messages", "24", "--kills", "1", "--patience", "200")


@pytest.fixture
def begin(tmp_path):
    """Begin a table; answers a function that waits for its end and says what was printed."""
    begun = []

    def begin_one(module, *options):
        said = (tmp_path / module).open("w+")
        process = subprocess.Popen(
            [sys.executable, "-m", module, *options],
            cwd=ROOT, stdout=said, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        begun.append((process, said))

        def ended():
            code = process.wait(PATIENCE_S)
            said.seek(0)
            printed = said.read()
            assert code == 0, printed
            return printed.splitlines()

        return ended

    yield begin_one
    for process, said in begun:
        if process.poll() is None:
            process.kill()
            process.wait()
        said.close()


def test_nothing_is_lost_or_doubled_and_what_is_sent_goes_once_and_in_order(begin, subtests):
    commands, events, messages = begin(*COMMANDS), begin(*EVENTS), begin(*MESSAGES)

    with subtests.test("commands while servers, databases and clients fail"):
        rows = commands()
        assert rows[-1] == "ok: nothing lost, nothing doubled"
        assert len(rows) == len(["head", *QUICK, "terminate, all", "all", "ok"])
    with subtests.test("events while workers are killed and the receiver is moody"):
        assert events()[-1] == "ok: each event came, in order"
    with subtests.test("messages while carriers break off and workers are killed"):
        assert messages()[-1] == "ok: each went once, or is known as uncertain"
