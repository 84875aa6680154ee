"""Tenants, keys, migrations and sweeps from the command line."""

import contextlib
import gc
import subprocess
import sys
from importlib.metadata import version
from uuid import UUID, uuid4

import pytest

from app.cli import commands
from app.services.tenancy.authentication import SCOPES
from app.storage.database import migrate
from tests.cli.processes import ROOT


@pytest.fixture
def shop(accord):
    """A tenant of this test's own, by name."""
    name = f"shop-{uuid4().hex[:8]}"
    made = accord("tenants", "create", name, "--sandbox", "--time-zone", "America/Chicago")
    assert made.exit_code == 0, made.output
    UUID(made.stdout.strip())
    return name


def key_ids(accord, shop):
    listed = accord("keys", "list", "--tenant", shop).stdout
    return [word for word in listed.split() if word.count("-") == 4 and len(word) == 36]


def test_a_tenant_is_listed_with_its_clock(accord, shop):
    listed = accord("tenants", "list")

    line = next(line for line in listed.stdout.splitlines() if shop in line)
    assert "America/Chicago" in line
    assert "yes" in line


def test_a_key_is_printed_alone_and_only_once(accord, shop):
    made = accord("keys", "create", "--tenant", shop, "--scopes", "accounts:*, payments:read")
    token = made.stdout.strip()

    assert made.exit_code == 0
    assert token.startswith("accord_test_")
    listed = accord("keys", "list", "--tenant", shop)
    assert "agent" in listed.stdout
    assert "accounts:*, payments:read" in listed.stdout
    assert token not in listed.output


def test_a_key_nobody_said_more_of_may_look_and_that_is_said(accord, shop):
    made = accord("keys", "create", "--tenant", shop)

    reads = [scope for scope in SCOPES if scope.endswith(":read")]
    said = f"Given: role agent; scopes {', '.join(reads)}; it ends when it is revoked."
    assert said in made.stderr
    listed = accord("keys", "list", "--tenant", shop).stdout
    assert all(scope in listed for scope in reads)
    assert ":write" not in listed


def test_what_a_key_was_given_is_said(accord, shop):
    wanted = ("--role", "supervisor", "--scopes", "*", "--days", "90")
    made = accord("keys", "create", "--tenant", shop, *wanted)

    assert "Given: role supervisor; scopes everything (*); it ends in 90 days." in made.stderr
    assert accord("keys", "create", "--tenant", shop, "--days", "0").exit_code == 1


def test_a_rotated_key_has_a_new_secret_and_the_same_id(accord, shop):
    old = accord("keys", "create", "--tenant", shop).stdout.strip()
    (key_id,) = key_ids(accord, shop)

    turned = accord("keys", "rotate", key_id, "--tenant", shop, "--overlap-hours", "2")

    assert turned.exit_code == 0, turned.output
    assert turned.stdout.strip().startswith("accord_test_")
    assert turned.stdout.strip() != old
    assert "ends in 2 hours" in turned.stderr
    assert key_ids(accord, shop) == [key_id]
    accord("keys", "revoke", key_id, "--tenant", shop)
    assert accord("keys", "rotate", key_id, "--tenant", shop).exit_code == 1


def test_a_revoked_key_is_shown_as_such_and_cannot_be_revoked_again(accord, shop):
    accord("keys", "create", "--tenant", shop)
    (key_id,) = key_ids(accord, shop)

    assert accord("keys", "revoke", key_id, "--tenant", shop).exit_code == 0

    line = next(
        line for line in accord("keys", "list", "--tenant", shop).stdout.splitlines()
        if key_id in line
    )  # fmt: skip
    assert line.count("-") >= 4 + 2 + 2  # the id, created, revoked
    again = accord("keys", "revoke", key_id, "--tenant", shop)
    assert again.exit_code == 1
    assert key_id in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["keys", "create", "--tenant", "nobody"], "no tenant 'nobody'", id="tenant"),
        pytest.param(["sweep", "--tenant", "nobody"], "no tenant 'nobody'", id="sweep"),
        pytest.param(
            ["tenants", "create", "x", "--time-zone", "Mars/Olympus"], "time zone", id="zone"
        ),
        pytest.param(["tenants", "create", " "], "needs a name", id="no name"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(accord, words, said):
    done = accord(*words)

    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_name_is_one_tenants(accord, shop):
    again = accord("tenants", "create", shop)

    assert again.exit_code == 1
    assert f"a tenant {shop!r} already" in again.stderr


@pytest.mark.parametrize(("scopes", "said"), [("rule-the-world", SCOPES[0]), (",", "nothing")])
def test_a_scope_nobody_knows(accord, shop, scopes, said):
    made = accord("keys", "create", "--tenant", shop, "--scopes", scopes)

    assert made.exit_code == 1
    assert said in made.stderr


def test_a_setting_that_is_wrong_is_named(accord):
    done = accord("tenants", "list", ACCORD_PORT="banana")

    assert done.exit_code == 1
    assert "ACCORD_PORT" in done.stderr


def test_a_sweep_says_what_it_did_for_each_tenant(accord, shop):
    done = accord("sweep", "2026-02-28", "--tenant", shop)

    assert done.stdout == f"{shop}: 2026-02-28, 0 examined, 0 changed\n"
    assert accord("sweep", "28.2.2026").exit_code == 2
    assert f"{shop}: " in accord("sweep").stdout


def test_migrating_twice_is_once(accord):
    for _ in range(2):
        done = accord("migrate")
        assert done.stdout == f"The database is at revision {migrate.head()}.\n"


def test_that_the_database_was_put_back_can_be_said_by_hand(accord, elsewhere):
    assert accord("restored", **elsewhere).exit_code == 1
    assert accord("migrate", **elsewhere).exit_code == 0

    begun = [accord("restored", **elsewhere) for _ in range(2)]

    first, second = (int(done.stdout.rstrip(".\n").rpartition(" ")[2]) for done in begun)
    assert first < second


def test_a_database_named_elsewhere_is_not_migrated_in_passing(accord, elsewhere):
    unready = accord("sweep", **elsewhere)
    assert unready.exit_code == 1
    assert "accord migrate" in unready.stderr

    ownerless = accord("migrate", ACCORD_DATABASE_URL=elsewhere["ACCORD_DATABASE_URL"])
    assert ownerless.exit_code == 1
    assert "ACCORD_ADMIN_DATABASE_URL" in ownerless.stderr

    assert accord("migrate", **elsewhere).exit_code == 0
    assert accord("sweep", **elsewhere).stdout.startswith("There is no tenant yet")
    assert accord("tenants", "create", "here", **elsewhere).exit_code == 0
    assert "here: " in accord("sweep", **elsewhere).stdout


def test_migrate_gives_the_application_its_password_when_asked(accord, empty_database):
    theirs = empty_database.replace("//postgres@", "//accord_app:p%40ss'word@")
    named = {"ACCORD_DATABASE_URL": theirs, "ACCORD_ADMIN_DATABASE_URL": empty_database}

    assert accord("migrate", "--set-password", **named).exit_code == 0


def test_a_server_that_is_not_there(accord):
    nowhere = "postgresql://accord_app@127.0.0.1:1/accord"

    done = accord("sweep", ACCORD_DATABASE_URL=nowhere)

    assert done.exit_code == 1
    assert "does not answer" in done.stderr


def test_a_login_the_server_does_not_know(accord, empty_database):
    unknown = empty_database.replace("//postgres@", "//nobody_at_all@")

    done = accord("sweep", ACCORD_DATABASE_URL=unknown)

    assert done.exit_code == 1
    refusal = 'The database refuses: role "nobody_at_all" does not exist.'
    assert done.stderr.splitlines()[-1] == refusal


@pytest.mark.parametrize(
    "words",
    [
        ["tenants", "list"], ["keys", "list", "--tenant", "x"], ["keys", "create", "--tenant", "x"],
        ["keys", "revoke", str(uuid4()), "--tenant", "x"], ["sweep"],
        ["import", "accounts", "FILE", "--tenant", "x"],
        ["import", "payments", "FILE", "--tenant", "x"],
        ["reconcile", "FILE", "--tenant", "x"], ["journal", "--tenant", "x"],
        ["report", "aging", "--tenant", "x"],
    ],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
def test_only_what_makes_something_makes_a_database(accord, tmp_path, words):
    file = tmp_path / "file.csv"
    file.write_text("reference,currency,amount_minor\n")
    words = [str(file) if word == "FILE" else word for word in words]

    done = accord(*words, ACCORD_DATA_DIR=str(tmp_path / "empty"))

    assert (done.exit_code, done.stdout) == (1, "")
    assert f"There is no database in {tmp_path / 'empty'}" in done.stderr
    assert not (tmp_path / "empty").exists()


def test_every_command_says_which_database_it_works_on(accord, data_dir, elsewhere):
    embedded = f"Database: the embedded one in {(data_dir / 'postgres').resolve()}\n"
    assert accord("tenants", "list").stderr.endswith(embedded)

    named = "postgresql://accord_app:secret@db.example:1/shop?sslmode=disable"
    away = accord("sweep", ACCORD_DATABASE_URL=named)
    assert away.stderr.startswith("Database: accord_app@db.example:1/shop\n")
    assert accord("migrate", **elsewhere).stderr.startswith("Database: ")


def test_the_version(accord):
    done = accord("--version")

    assert (done.exit_code, done.stdout) == (0, f"accord {version('accord')}\n")


@pytest.mark.parametrize(("module", "read"), [("colorsys", True), ("app.cli.no_such", False)])
def test_reading_a_command_leaves_the_search_for_cycles_on(module, read, monkeypatch):
    monkeypatch.delitem(sys.modules, module, raising=False)
    with contextlib.nullcontext() if read else pytest.raises(ModuleNotFoundError):
        assert commands._read(module).__name__ == module

    assert gc.isenabled()


def test_the_list_of_commands_reads_none_of_them():
    """Each is read without a search for cycles once it is asked for; `--version` needs none."""
    said = "import sys, app.cli.commands; print({'sqlalchemy', 'fastapi'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "set()\n"
