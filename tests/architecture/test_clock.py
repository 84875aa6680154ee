"""The clock has one home, and tests have one of their own: none is right by day alone.

`deps.here_and_now` reads the real clock. Whatever serves a request asks the clock its application
was made with, and every application a test makes is made with `tests.clock.wall`.
"""

import ast
import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, modules, naming, parse
from tests.clock import ahead_by

HOME = "app/routers/edge/deps.py"
#: What tells the time of day or the date, by the module it is asked of.
READS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime"},
}
IMPORT = ast.Import | ast.ImportFrom
MAY_READ = re.compile(
    rf"\.({'|'.join(sorted(set[str]().union(*READS.values())))})\b|from time import"
)
#: Who else asks the system, and why.
ASKS = {
    HOME: "the one place",
    "app/storage/embedded/system_user.py": "how old a file is, by the clock that dated it",
    "tests/faults/lapse.py": "a process whose clock is as many times as fast as the real one",
    "tests/faults/__main__.py": "names a run after the moment it began",
    "tests/faults/webhooks.py": "begins such a process",
}
#: What tells the real time, and which tests ask it.
REAL = {"here_and_now", "today", "utc_now"}
ASK_REAL = {
    "tests/clock.py": "makes the tests' clock of it",
    "tests/faults/messages.py": "a process of its own, whose clock begins at noon",
    "tests/routers/edge/test_auth.py": "tests it",
    "tests/scheduler/test_scheduler.py": "waits for the hour to come",
}
#: Which of their applications go by the real clock, and why.
REAL_APPLICATIONS = {
    "tests/routers/webhooks/conftest.py": "receivers believe what was signed just now",
}
#: What of the application, besides whatever serves requests, begins with the real time.
BEGINS = ("app/cli", "app/main.py", "app/scheduler.py", "app/workers/running.py", HOME)


def readings(source: str) -> list[int]:
    """The lines in which the system's clock is asked, by whatever name it was imported."""
    if not MAY_READ.search(source):
        return []  # nothing to parse
    names, bare, found = dict[str, str](), set[str](), list[int]()
    nodes = sorted(ast.walk(ast.parse(source)), key=lambda one: not isinstance(one, IMPORT))
    for node in nodes:
        match node:
            case ast.ImportFrom(module="time", names=taken):
                bare |= {one.asname or one.name for one in taken if one.name in READS["time"]}
            case ast.ImportFrom(names=taken) | ast.Import(names=taken):
                names |= {one.asname: one.name for one in taken if one.asname}
            case ast.Attribute(attr=attr) if attr in READS.get(_owner(node, names), ()):
                found.append(node.lineno)
            case ast.Call(func=ast.Name(id=name)) if name in bare:
                found.append(node.lineno)
            case _:
                pass
    return found


def _owner(node: ast.Attribute, names: dict[str, str]) -> str:
    """What the attribute is one of: `dt.datetime.now` is `datetime`'s, as `datetime.now` is."""
    of = node.value
    said = of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")
    return names.get(said, said)


def imported(module: Path, names: set[str]) -> bool:
    """Whether it takes one of these from where the real clock is read."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module in {"app.routers.edge.deps", "app.workers.running"}
        and names & {one.name for one in node.names}
        for node in ast.walk(parse(module))
    )


def test_the_system_is_asked_for_the_time_in_one_place():
    everything = modules("app", "tests", "scripts", "benchmarks", "clients")
    asks = {path.as_posix() for path in everything if readings((ROOT / path).read_text())}

    assert asks == ASKS.keys()


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime as dt\ndt.datetime.now()",
        "from datetime import datetime as d\nd.utcnow()",
        "from datetime import date\nkey = date.today",
        "import time\ntime.time()",
        "from time import time\ntime()",
        "from time import time as t\nt()",
        "import time as t\nt.localtime()",
    ],
)
def test_another_would_be_noticed(source):
    assert readings(source) == [2]


@pytest.mark.parametrize("source", ["time.monotonic()", "func.now()", "datetime.combine(a, b)"])
def test_what_tells_no_time_of_day_is_none(source):
    assert not readings(source)


def test_what_serves_a_request_asks_the_clock_it_was_made_with():
    asking = naming("here_and_now", modules("app"))

    assert [path for path in asking if not path.as_posix().startswith(BEGINS)] == []


def test_tests_have_a_clock_of_their_own():
    asking = {path for word in REAL for path in naming(word, modules("tests"))}
    found = {path.as_posix() for path in asking if imported(path, REAL)}

    assert found == ASK_REAL.keys()


def test_every_application_of_a_test_goes_by_it():
    clocks = {
        (path.as_posix(), _clock_of(node))
        for path in naming("create_app", modules("tests"))
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "create_app"
    }

    assert {path for path, clock in clocks if clock != "wall"} == REAL_APPLICATIONS.keys()
    assert {clock for _, clock in clocks} == {"wall", "real_wall"}


def _clock_of(call: ast.Call) -> str | None:
    """The name of the clock that `create_app` is given."""
    given = (one.value for one in call.keywords if one.arg == "clock")
    return next((one.id for one in given if isinstance(one, ast.Name)), None)


@pytest.mark.parametrize(
    ("real", "at", "shown"),
    [
        pytest.param("2026-11-30T05:20Z", "12:00", "2026-11-29T18:00Z", id="late"),
        pytest.param("2026-11-30T06:00Z", "12:00", "2026-11-30T18:00Z", id="a new day"),
        pytest.param("2026-07-01T17:00Z", "12:00", "2026-07-01T17:00Z", id="noon in summer"),
        pytest.param("2026-11-30T18:00Z", "23:20", "2026-12-01T05:20Z", id="at night"),
        pytest.param("2026-11-01T05:30Z", "12:00", "2026-11-01T18:00Z", id="the clocks go back"),
        pytest.param(
            "2026-11-30T18:00Z", "2027-02-28T23:30", "2027-03-01T05:30Z", id="another day"
        ),
    ],
)
def test_their_clock_stays_in_the_real_day(real, at, shown):
    real, shown = datetime.fromisoformat(real), datetime.fromisoformat(shown)

    assert real + ahead_by(at, real=real) == shown
