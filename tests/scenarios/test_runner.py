"""The runner itself: what it compares, what it skips, what it prints. No service is needed."""

import json

import httpx
import pytest

from tests.scenarios import play as command
from tests.scenarios import story
from tests.scenarios.client import Api, Refused, Unknown
from tests.scenarios.expectations import _rows
from tests.scenarios.files import Unreadable, read_cases
from tests.scenarios.life import Entry, Life, minor, money, understood
from tests.scenarios.postings import _transactions
from tests.scenarios.runner import BASIC, OPS, Case, Result, Verdict, closing, play
from tests.scenarios.tables import Differs, compare

COLUMNS = ("due_date", "due", "paid")
NOTHING = dict.fromkeys(
    (f"{c}_minor" for c in ("principal", "interest", "fees", "penalties", "costs", "unapplied")), 0
)


def answering(status, body):
    """An API that always answers this."""

    def handler(_request):
        return httpx.Response(status, json=body)

    client = httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://x.test")
    return Api(client, run="r")


def case(*ops, **fields):
    return Case(id="C-1", title="a case", steps=tuple({"op": op, **fields} for op in ops))


# --- Comparing ------------------------------------------------------------------------------


def test_tables_that_say_the_same_are_the_same():
    row = {"due_date": "2026-02-05", "due": "1.5", "paid": "0"}
    compare([row], [{**row, "due": "1.50", "paid": "0.00"}], columns=COLUMNS, what="t")


def test_the_first_row_that_differs_is_shown_as_a_table():
    theirs = [{"due_date": "2026-02-05", "due": "1.00"}, {"due_date": "2026-03-05", "due": "2.00"}]
    ours = [theirs[0], {"due_date": "2026-03-05", "due": "2.01", "paid": "0.00"}]
    with pytest.raises(Differs) as told:
        compare(theirs, ours, columns=COLUMNS, what="expect_schedule")
    assert str(told.value).splitlines() == [
        "expect_schedule, row 2",
        "          due_date    due",
        "expected  2026-03-05  2.00",
        "actual    2026-03-05  2.01",
        "                      ^^^",
    ]


@pytest.mark.parametrize(
    ("theirs", "ours", "said"),
    [
        pytest.param([{"due": "1.00"}], [], "(no row)", id="one too few"),
        pytest.param([], [{"due": "1.00"}], "(no row)", id="one too many"),
        pytest.param([{"due": None}], [{"due": "1.00"}], "1.00", id="nothing was expected"),
        pytest.param([{"due": "1.00"}], [{"due": None}], "-", id="nothing is there"),
    ],
)
def test_rows_must_be_as_many_and_as_empty(theirs, ours, said):
    with pytest.raises(Differs, match=r"row 1") as told:
        compare(theirs, ours, columns=COLUMNS, what="t")
    assert said in str(told.value)


@pytest.mark.parametrize("said", ["0.10", "0.00", False, ""])
def test_a_column_nobody_knows_is_an_error_unless_it_says_nothing(said):
    compare([{"due": "1.00", "taxes": None}], [{"due": "1.00"}], columns=COLUMNS, what="t")
    with pytest.raises(Unknown, match=r"t\.taxes"):
        compare([{"due": "1.00", "taxes": said}], [{"due": "1.00"}], columns=COLUMNS, what="t")


def test_money_goes_both_ways():
    assert [minor(text) for text in ("12.5", "0.00", 3)] == [1250, 0, 300]
    assert [money(amount) for amount in (1250, 0, -5)] == ["12.50", "0.00", "-0.05"]
    with pytest.raises(ValueError, match="decimals"):
        minor("0.001")


def test_a_step_that_says_more_than_is_understood_is_an_error():
    understood({"op": "pause", "note": "n", "extra": None}, {"start"}, what="pause")
    with pytest.raises(Unknown, match=r"pause\.extra"):
        understood({"op": "pause", "extra": "yes"}, {"start"}, what="pause")


# --- What is derived of our answers ---------------------------------------------------------


def installment(number, due_on, principal_minor):
    names = ("interest", "fees", "penalties", "costs", "paid", "paid_in_advance", "paid_late")
    return {
        "number": number,
        "due_on": due_on,
        "satisfied_on": None,
        "principal_minor": principal_minor,
        "amount_minor": principal_minor,
        "outstanding_minor": principal_minor,
        **{f"{name}_minor": 0 for name in names},
    }


@pytest.mark.parametrize(
    ("charged_back_on", "principal", "expected"),
    [
        pytest.param(None, (250, 250, 250), (500, 250, 0), id="none"),
        pytest.param("2023-04-01", (250, 250, 600), (500, 250, 0), id="on the last due date"),
        pytest.param("2023-02-10", (250, 600, 250), (500, 250, 0), id="between due dates"),
        pytest.param("2023-04-09", (250, 250, 250, 350), (500, 250, 0, 0), id="after the last"),
    ],
)
def test_the_balance_after_a_row_counts_chargebacks_from_their_day(
    charged_back_on, principal, expected
):
    days = ("2023-02-01", "2023-03-01", "2023-04-01", "2023-04-09")
    rows = [installment(n, days[n], 100 * amount) for n, amount in enumerate(principal)]
    opened = {"effective_on": "2023-01-01", "amount_minor": 750_00}
    ledger = []
    if charged_back_on:
        parts = {"components": {**NOTHING, "principal_minor": 100_00, "unapplied_minor": 250_00}}
        back = {"kind": "chargeback", "effective_on": charged_back_on, "amount_minor": 350_00}
        ledger = [{**back, **parts}]

    told = _rows({"installments": rows}, opened, ledger)

    assert [row["balance_after"] for row in told] == [f"{amount}.00" for amount in expected]


def posting(kind, on, amount, *, payment=None, **components):
    return {
        "id": f"{kind}-{on}",
        "kind": kind,
        "effective_on": on,
        "amount_minor": amount,
        "components": {**NOTHING, **{f"{c}_minor": part for c, part in components.items()}},
        "payment_id": payment,
    }


def test_the_ledger_is_listed_as_a_case_lists_transactions():
    life = Life(api=None, buckets=[], reference="r")
    for name in ("p1", "p2", "p3"):
        life.entries.append(Entry("Repayment", None, 0, name))
    ledger = [
        posting("placement", "2023-01-01", 500, principal=500),
        posting("payment", "2023-01-01", -125, payment="p1", principal=-125),
        posting("charge", "2023-01-02", 10, fees=10),
        posting("reversal", "2023-01-01", 125, payment="p1", principal=125),
        posting("payment", "2023-01-05", -100, payment="p2", principal=-100),
        posting("payment", "2023-01-03", -60, payment="p3", fees=-10, principal=-50),
        posting("reallocation", "2023-01-05", 0, payment="p2", principal=10, unapplied=-10),
        posting("chargeback", "2023-01-06", 40, principal=40),
    ]

    rows = _transactions(life, ledger)

    shown = [(r["date"][-2:], r["type"], r["amount"], r["principal"], r["fees"], r["balance"],
              r["reverted"]) for r in rows]  # fmt: skip
    assert shown == [
        ("01", "Disbursement", "5.00", "0.00", "0.00", "5.00", False),
        ("01", "Repayment", "1.25", "1.25", "0.00", "3.75", True),
        ("03", "Repayment", "0.60", "0.50", "0.10", "4.50", False),
        ("05", "Repayment", "1.00", "0.90", "0.00", "3.60", False),
        ("06", "Chargeback", "0.40", "0.40", "0.00", "4.00", False),
    ]


# --- Verdicts -------------------------------------------------------------------------------


async def test_an_op_nobody_knows_fails_a_case_by_its_name():
    result = await play(answering(200, {}), case("business_date", "teleport", date="2026-01-01"))
    assert str(result) == "FAIL C-1 a case\n     teleport: no such op here"


async def test_only_plays_cases_of_those_ops():
    played = await play(answering(200, {}), case("business_date", date="2026-01-01"), only=set())
    assert played.verdict is Verdict.PASSED
    barred = await play(answering(200, {}), case("business_date", "pause"), only={"payment"})
    assert str(barred) == "skip C-1 a case\n     pause: not among --only"


@pytest.mark.parametrize(
    ("status", "problem"),
    [(404, "no-such-path"), (405, "method-not-allowed"), (501, "not-built")],
)
async def test_what_is_not_built_makes_a_case_skipped(status, problem):
    api = answering(status, {"type": f"/problems/{problem}"})
    result = await play(api, case("run_daily_job", business_date="2026-01-01"))
    assert result.verdict is Verdict.SKIPPED
    assert result.why == "run_daily_job: PUT /v1/sandbox/clock is not built (step 1)"


async def test_a_missing_thing_is_not_a_missing_path():
    api = answering(404, {"type": "/problems/not-found", "detail": "No plan has the key plan_x."})
    with pytest.raises(Refused, match="answered 404 not-found: No plan"):
        await api.get("/v1/plans/plan_x")


async def test_a_refusal_and_a_crash_are_failures():
    refused = answering(409, {"type": "/problems/clock", "detail": "No."})
    result = await play(refused, case("business_date", date="2026-01-01"))
    assert result.why == "step 1, business_date: PUT /v1/sandbox/clock answered 409 clock: No."
    broken = await play(answering(200, {}), case("business_date"))
    assert broken.verdict is Verdict.FAILED
    assert "KeyError" in broken.why


def test_the_closing_line_counts():
    results = [Result(case=case(), verdict=verdict) for verdict in
               (Verdict.PASSED, Verdict.PASSED, Verdict.SKIPPED)]  # fmt: skip
    assert closing(results) == "2 passed, 0 failed, 1 skipped"


def test_every_op_to_come_is_known():
    assert {
        "business_date", "create_plan", "disburse", "payment", "reverse_transaction", "add_charge",
        "charge_adjustment", "waive", "chargeback", "refund", "re_age", "undo_re_age",
        "re_amortize", "reschedule", "pause", "resume", "run_daily_job",
        "set_future_allocation_rule", "expect_schedule", "expect_totals", "expect_transactions",
        "expect_delinquency", "expect_pause_periods", "expect_delinquency_actions",
        "expect_installment_outstanding", "expect_outstanding", "expect_re_age_amount",
    } <= OPS.keys()  # fmt: skip
    assert OPS.keys() >= BASIC


# --- Files ----------------------------------------------------------------------------------


def test_every_list_with_steps_holds_cases(tmp_path):
    steps = {"steps": [{"op": "business_date", "date": "2026-01-01"}]}
    file = tmp_path / "f.json"
    document = {
        "_meta": {"buckets": [{"name": "ALL", "min": 1, "max": None}]},
        "splits": [{"id": "S"}],
        "hand_coded": [{"id": "H", **steps}],
        "cases": [{"id": "C", "title": "t", **steps}, steps],
    }
    file.write_text(json.dumps(document))

    cases = read_cases(file)

    assert [one.id for one in cases] == ["H", "C", "2"]
    assert {bucket["name"] for one in cases for bucket in one.buckets} == {"ALL"}


@pytest.mark.parametrize("text", ["", "{", '{"cases": []}', "[1]"])
def test_a_file_without_a_case_is_refused(tmp_path, text, capsys):
    file = tmp_path / "f.json"
    file.write_text(text)
    with pytest.raises(Unreadable):
        read_cases(file)
    assert command.main([str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_a_life_reads_as_steps():
    told = story.read(
        """# A title
        Prose.
        Policy: default, grace 0 days, never broken

        ## 2026-01-05
        - 300.00 is paid (P-1, dated 2026-01-02).
        - Balance 1.00, standing current.
        - Not possible (plan-exists): The plan is cancelled.

        | No | Due |
        |----|-----|
        | 1  | -   |
        """.replace("\n        ", "\n"),
        name="t",
    )

    assert told.title == "A title"
    assert told.ops == [
        "life_policy", "business_date", "life_pay", "life_see", "life_refused", "life_see_rows",
    ]  # fmt: skip
    assert told.steps[2] == {
        "op": "life_pay", "amount": "300.00", "name": "P-1", "dated": "2026-01-02",
    }  # fmt: skip
    assert told.steps[-1]["rows"] == [{"No": "1", "Due": "-"}]


@pytest.mark.parametrize(
    "line", ["- 300.00 are paid", "- Balance about 3", "- Not possible (x): Balance 1.00"]
)
def test_a_sentence_nobody_understands_is_an_error_of_the_file(line):
    with pytest.raises(story.NotUnderstood):
        story.read(f"# T\n## 2026-01-05\n{line}\n", name="t")
