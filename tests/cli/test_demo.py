"""`accord demo`: the story comes to its end, stops at a no, and leaves a server when asked to."""

import re
import signal

import httpx
import pytest

from app.cli.demo.calls import how_many_stand
from app.cli.demo.teller import StoryBroken, Teller, dollars, expect
from tests.cli.processes import ROOT, free_port

README = (ROOT / "README.md").read_text()


def teller(answer):
    client = httpx.Client(
        transport=httpx.MockTransport(lambda _: answer), base_url="http://accord.test"
    )
    return Teller(client)


def test_the_story_is_as_the_readme_shows_it_and_the_server_stays_until_it_is_ended(start):
    """Played once, for all it promises: a server of its own takes seconds."""
    port = free_port()
    demo = start("demo", "--port", str(port))
    key = demo.says(r"export ACCORD_KEY=(\S+)", on="stdout")[1]
    account = demo.says(r"(http://\S+/v1/accounts/\S+)", on="stdout")[1]
    demo.says("Ctrl-C", on="stdout")
    told = [line.rstrip() for line in demo.said]

    _, _, short = "\n".join(told).partition("The story in short")
    assert "2026-07-03" in short
    assert not [line for line in told if "\x1b" in line], "plain, where no terminal is"
    shown = re.search(r"^```text\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)[1]
    assert [line for line in shown.splitlines() if line.rstrip() not in told] == []

    found = httpx.get(account, headers={"Authorization": f"Bearer {key}"}, trust_env=False)
    assert (found.json()["status"], found.json()["balance"]["total_minor"]) == ("settled", 0)
    assert httpx.get(f"http://127.0.0.1:{port}/docs", trust_env=False).is_success

    assert demo.ends(signal.SIGINT) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(account, trust_env=False)


def test_a_refusal_ends_the_story_with_its_problem():
    refused = httpx.Response(409, json={"type": "/problems/plan-exists", "status": 409})

    with pytest.raises(StoryBroken, match="plan-exists") as broken:
        teller(refused).post("/v1/plans", account_id="acc_1")
    assert "POST /v1/plans (409, not 201)" in str(broken.value)


def test_a_letter_that_is_refused_ends_it_too():
    refused = httpx.Response(409, json={"type": "/problems/letter-unfit", "status": 409})

    with pytest.raises(StoryBroken, match="letter-unfit"):
        teller(refused).text("/v1/settlement-offers/set_1/letter")


def test_a_letter_is_quoted_in_lines_that_can_be_read(capsys):
    letter = teller(httpx.Response(200, text="SETTLED\n" + "word " * 30))

    letter.quote(letter.text("/v1/settlement-offers/set_1/letter").splitlines())

    title, *said, empty = capsys.readouterr().out.splitlines()
    assert (title, empty) == ("    SETTLED", "")
    assert " ".join(line.strip() for line in said) == " ".join(["word"] * 30)
    assert all(line.startswith("    word") and len(line) <= 100 for line in said)


def test_what_was_withdrawn_and_told_again_stands_once():
    told = {"type": "settlement.satisfied", "corrects": None, "data": {}}
    withdrawn = {**told, "corrects": "evt_1", "data": {"after": None}}
    again = {**told, "corrects": "evt_2", "data": {"after": {"amount_minor": 1}}}
    other = {**told, "type": "plan.completed"}

    assert how_many_stand([told, other], "settlement.satisfied") == 1
    assert how_many_stand([told, withdrawn], "settlement.satisfied") == 0
    assert how_many_stand([told, withdrawn, again, other], "settlement.satisfied") == 1


def test_an_answer_that_is_no_document():
    with pytest.raises(StoryBroken, match="out of order"):
        teller(httpx.Response(502, text="out of order")).get("/v1/accounts/acc_1")


def test_an_answer_that_is_not_what_the_story_says():
    with pytest.raises(StoryBroken, match="expected 'current', found 'due'"):
        expect("the standing", "due", "current")


@pytest.mark.parametrize(
    ("minor", "shown"), [(120000, "1,200.00"), (-5, "-0.05"), (0, "0.00"), (-120050, "-1,200.50")]
)
def test_money_as_people_write_it(minor, shown):
    assert dollars(minor) == shown


def test_a_table_shows_fields_of_fields(capsys):
    teller(httpx.Response(200)).table(
        {"no.": "number", "paid": "plan.paid_minor", "ok": "ok", "next": "plan.next.due_on"},
        [{"number": 1, "plan": {"paid_minor": 100, "next": None}, "ok": True}],
    )

    assert capsys.readouterr().out.splitlines()[2].split() == ["1", "1.00", "yes"]
