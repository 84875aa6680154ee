"""`accord doctor`: what it says of an installation that is well, and of each thing that is not."""

import json

import pytest

CHECKS = (
    "settings", "database", "server settings", "roles", "migrations", "row security", "clock",
    "calendars",
)  # fmt: skip
OF_A_TENANT = ("last sweep", "worklists", "feed", "self-check")


@pytest.fixture
def doctor(accord):
    """Its exit code, and its findings by check and tenant."""

    def run(*words, **settings):
        done = accord("doctor", "--json", *words, **settings)
        said = json.loads(done.stdout)
        found = {(one["check"], one["tenant"]): one for one in said["findings"]}
        return done.exit_code, said["health"], found

    return run


def health(found, check, tenant=None):
    return found[check, tenant]["health"]


def test_an_installation_that_is_well(doctor, books, sql):
    name, _ = books
    code, _, found = doctor()

    assert [health(found, check) for check in CHECKS] == ["ok"] * len(CHECKS)
    assert [health(found, check, name) for check in OF_A_TENANT] == ["warning", "ok", "ok", "ok"]
    assert found["last sweep", name]["said"] == "Never."
    assert found["self-check", name]["said"] == "3 accounts taken at random add up."
    assert found["roles", None]["said"].startswith("accord_app ")
    others = [one for (_, tenant), one in found.items() if tenant in {None, name}]
    assert code == 0 or any(one["health"] == "wrong" for one in found.values() if one not in others)


def test_a_table_says_the_same(accord, books):
    done = accord("doctor", COLUMNS="200")
    assert "is bound by row security and owns nothing." in done.stdout
    assert books[0] in done.stdout


#: What is done to an account's tenant, how it is taken back, and what is said of it.
HARMS = {
    "an event changed": (
        "UPDATE event SET type = 'hold.placed' WHERE account_id = $1",
        "UPDATE event SET type = 'account.created' WHERE account_id = $1",
        ("self-check", "1 of 3 accounts fail: first event that is not as it was written = none."),
    ),
    "a policy that is not there": (
        "UPDATE account SET policy_name = 'gone' WHERE id = $1",
        "UPDATE account SET policy_name = 'default' WHERE id = $1",
        ("self-check", "1 of 3 accounts cannot be checked: {id} (InvalidInput)."),
    ),
    "a state that cannot be read": (
        """UPDATE account SET state = jsonb_build_object('kept', state, 'plans', 7)
           WHERE id = $1""",
        "UPDATE account SET state = state -> 'kept' WHERE id = $1",
        ("self-check", "1 of 3 accounts cannot be checked: {id} (ValidationError)."),
    ),
    "a time zone nobody knows": (
        """UPDATE tenant SET time_zone = 'Nowhere/Land'
           WHERE tenant_id = (SELECT tenant_id FROM account WHERE id = $1)""",
        """UPDATE tenant SET time_zone = 'UTC'
           WHERE tenant_id = (SELECT tenant_id FROM account WHERE id = $1)""",
        ("time zone", "This machine does not know the time zone Nowhere/Land."),
    ),
}


@pytest.mark.parametrize("what", HARMS)
def test_what_is_wrong_with_a_tenant(doctor, books, sql, what):
    name, ids = books
    harm, mended, (check, said) = HARMS[what]
    sql(harm, ids[1])
    try:
        code, worst, found = doctor()
    finally:
        sql(mended, ids[1])

    assert (code, worst) == (1, "wrong")
    assert found[check, name]["said"] == said.replace("{id}", str(ids[1]))


#: What is done to the database, how it is taken back, and where it shows.
DAMAGES = {
    "no row security": (
        "ALTER TABLE posting DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE posting ENABLE ROW LEVEL SECURITY",
        "row security",
    ),
    "facts may be deleted": (
        "GRANT DELETE ON fact TO accord_app",
        "REVOKE DELETE ON fact FROM accord_app",
        "row security",
    ),
    "it sees all tenants": (
        "ALTER ROLE accord_app BYPASSRLS",
        "ALTER ROLE accord_app NOBYPASSRLS",
        "roles",
    ),
    "another schema": (
        "UPDATE alembic_version SET version_num = 'x' || version_num",
        "UPDATE alembic_version SET version_num = substr(version_num, 2)",
        "migrations",
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_what_is_wrong_with_the_database(accord, doctor, sql, what):
    harm, mended, check = DAMAGES[what]
    accord("migrate")
    sql(harm)
    try:
        code, worst, found = doctor("--sample", "0")
    finally:
        sql(mended)

    assert (code, worst) == (1, "wrong")
    assert health(found, check) == "wrong", found


def test_an_empty_database_and_one_that_is_not_there(doctor, elsewhere):
    code, _, found = doctor(**elsewhere)
    assert code == 1
    assert "`accord migrate`" in found["migrations", None]["said"]

    away = {"ACCORD_DATABASE_URL": "postgresql://accord_app@127.0.0.1:1/accord"}
    code, _, found = doctor(**away)
    assert code == 1
    assert health(found, "database") == "wrong"


def test_settings_nobody_can_mean(doctor):
    code, _, found = doctor(ACCORD_POOL_SIZE="0", ACCORD_CHART_FILE="")
    assert code == 1
    assert found["settings", None]["said"].startswith("ACCORD_POOL_SIZE: ")

    code, _, found = doctor(ACCORD_CHART_FILE="nowhere.json")
    assert code == 1
    assert "there is no nowhere.json" in found["settings", None]["said"]
