"""A settlement file held against the books over HTTP; money that went back has negative lines."""

import pytest

from tests.routers.lives.desk import OPENING

CSV = {"Content-Type": "text/csv"}
HEADER = "reference,amount_minor,currency,date\n"


@pytest.fixture
def hold(desk):
    async def hold(lines, status=200, **said):
        answer = await desk.client.post(
            "/v1/reconciliations", content=(HEADER + lines).encode(), params=said, headers=CSV
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    return hold


def rows(read):
    return {name: one["there"]["rows"] for name, one in read["verdicts"].items()} | {
        "missing there": read["verdicts"]["missing there"]["here"]["rows"]
    }


async def test_every_line_is_judged(desk, hold):
    await desk.at(OPENING)
    account = await desk.account()
    for n in range(4):
        await desk.pay(account, 1000, reference=f"S-{n}")
    read = await hold(
        f"S-0,1000,USD,{OPENING}\nS-1,999,USD,{OPENING}\nS-9,5,USD,{OPENING}\n"
        f"S-0,1000,USD,{OPENING}\nS-2,x,USD,{OPENING}\n"
    )
    assert rows(read) == {
        "matched": 1, "amount differs": 1, "missing here": 1, "duplicate": 1, "unreadable": 1,
        "missing there": 2,
    }  # fmt: skip
    assert read["adds_up"]
    assert (read["differences"], len(read["findings"])) == (6, 6)
    assert (read["from_on"], read["to_on"]) == (OPENING, OPENING)


async def test_negative_lines_match_what_went_back(desk, hold):
    await desk.at(OPENING)
    account = await desk.account()
    reversed_, charged, _ = [await desk.pay(account, 1000, reference=f"N-{n}") for n in range(3)]
    more = await desk.pay(account, 400_00, reference="N-3")
    await desk.reverse(reversed_, reference="RET-1")
    body = {"amount_minor": 400, "effective_on": OPENING, "reason_code": "10", "reference": "CB-1"}
    await desk.post(f"/v1/payments/{charged['id']}/chargebacks", body)
    refund = {"amount_minor": 50, "effective_on": OPENING, "reference": "RF-1"}
    await desk.post(f"/v1/payments/{more['id']}/refunds", refund)
    day = f"USD,{OPENING}"
    read = await hold(
        f"N-0,1000,{day}\nN-1,1000,{day}\nN-2,1000,{day}\nN-3,40000,{day}\n"
        f"N-0,-1000,{day}\nCB-1,-400,{day}\nN-3,-50,{day}\n"
    )
    assert read["differences"] == 0, read["findings"]
    assert rows(read)["matched"] == 7
    both = read["verdicts"]["matched"]
    assert both["there"]["sums_minor"] == both["here"]["sums_minor"] == {"USD": 41550}


async def test_negative_lines_that_match_nothing_are_told(desk, hold):
    await desk.at(OPENING)
    account = await desk.account()
    paid = await desk.pay(account, 1000, reference="M-0")
    await desk.pay(account, 1000, reference="M-1")
    await desk.reverse(paid)
    day = f"USD,{OPENING}"
    read = await hold(
        f"M-0,1000,{day}\nM-0,-999,{day}\nM-0,-1000,{day}\nM-1,1000,{day}\nM-1,-1000,{day}\n"
    )
    found = {(one["reference"], one["amount_there_minor"]): one["verdict"]
             for one in read["findings"]}  # fmt: skip
    assert found[("M-0", -999)] == "amount differs"
    assert found[("M-1", -1000)] == "missing here"
    assert read["adds_up"]


async def test_a_payment_reversed_whose_file_knows_of_no_return_differs(desk, hold):
    await desk.at(OPENING)
    account = await desk.account()
    await desk.reverse(await desk.pay(account, 1000, reference="R-0"))
    read = await hold(f"R-0,1000,USD,{OPENING}\n")
    assert [one["verdict"] for one in read["findings"]] == ["amount differs"]


async def test_a_file_that_cannot_be_read_is_refused(desk, hold):
    problem = await hold("", 422, encoding="utf-16")
    assert "UTF-16" in problem["errors"][0]["detail"]
    problem = await hold("a,b,c,d\n" * 20_001, 422)
    assert "20,000" in problem["errors"][0]["detail"]


async def test_sums_beyond_any_number_of_json_are_answered(desk, hold):
    await desk.at(OPENING)
    most = 2**53 - 1
    read = await hold("".join(f"B-{n},{most},USD,{OPENING}\n" for n in range(2100)))
    assert read["read"]["sums_minor"] == {"USD": 2100 * most}
