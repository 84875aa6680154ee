"""Entered late, a command is the one that was agreed: it takes the balance of its own day."""

from datetime import date, timedelta
from random import Random

import pytest

IN_TEN = {
    "installment_count": 10,
    "frequency": {"every": 1, "unit": "month"},
    "first_due_on": "2026-02-10",
}
PLACED = "2026-01-05"
AGREED = "2026-01-10"


@pytest.fixture
def placed(desk):
    """1,000.00 placed on 5 January, current, under `unlimited`."""

    async def placed(minor=1_000_00, **more):
        await desk.at(PLACED)
        return await desk.account(minor, past_due_minor=0, policy="unlimited", **more)

    return placed


def amounts(plan):
    return [row["amount_minor"] for row in plan["installments"]]


async def opened(desk, account, terms=IN_TEN, **more):
    body = {"account_id": account["id"], "terms": terms, "effective_on": AGREED, **more}
    return await desk.post("/v1/plans", body)


async def test_a_plan_takes_the_balance_of_its_day_and_money_since_falls_on_it(desk, placed):
    account = await placed()
    await desk.at("2026-01-12")
    await desk.pay(account, 200_00)
    await desk.at("2026-01-13")
    plan = await opened(desk, account)

    assert amounts(plan) == [100_00] * 10
    assert (plan["paid_minor"], plan["outstanding_minor"]) == (200_00, 800_00)
    assert (await desk.read(account))["balance"]["total_minor"] == 800_00
    await desk.books_agree(account)


async def test_the_whole_of_that_day_may_be_named_and_no_more(desk, placed):
    account = await placed()
    await desk.at("2026-01-13")
    await desk.pay(account, 200_00, "2026-01-12")
    body = {"account_id": account["id"], "effective_on": AGREED}
    more = {**body, "terms": {**IN_TEN, "amount_minor": 1_000_01}}
    status, name, problem = await desk.refused("POST", "/v1/plans", json=more)
    assert (status, name, problem["limit_minor"]) == (409, "exceeds-balance", 1_000_00)

    plan = await opened(desk, account, {**IN_TEN, "amount_minor": 1_000_00})
    assert (plan["total_minor"], plan["paid_minor"]) == (1_000_00, 200_00)


async def test_a_fee_entered_since_shifts_no_installment(desk, placed):
    account = await placed()
    await desk.at("2026-01-20")
    await desk.post(f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 50_00})
    plan = await opened(desk, account)

    assert amounts(plan) == [100_00] * 10
    assert (await desk.read(account))["balance"]["total_minor"] == 1_050_00
    await desk.books_agree(account)


async def test_a_year_migrated_with_its_payments_first_comes_out_right(desk, placed):
    account = await placed(1_200_00)
    await desk.at("2026-12-31")
    for month in range(2, 13):
        await desk.pay(account, 100_00, f"2026-{month:02}-10")
    terms = {**IN_TEN, "installment_count": 12}
    plan = await opened(desk, account, terms)

    assert amounts(plan) == [100_00] * 12
    assert plan["status"] == "active"
    assert [row["status"] for row in plan["installments"]] == ["paid"] * 11 + ["upcoming"]
    assert plan["delinquency"]["missed_total"] == 0
    await desk.books_agree(account)


async def test_a_quote_and_options_say_what_was_owed_on_their_day(desk, placed):
    account = await placed()
    await desk.at("2026-01-13")
    await desk.pay(account, 200_00, "2026-01-12")
    path = f"/v1/accounts/{account['id']}"
    quote = await desk.post(f"{path}/quotes", {"terms": IN_TEN, "effective_on": AGREED})
    assert quote["schedule"]["total_minor"] == 1_000_00
    asked = {
        "affordable_minor": 100_00,
        "frequency": IN_TEN["frequency"],
        "first_due_on": "2026-02-10",
    }
    then = await desk.post(f"{path}/plan-options", {**asked, "effective_on": AGREED}, status=200)
    now = await desk.post(f"{path}/plan-options", asked, status=200)
    assert (then["balance_minor"], now["balance_minor"]) == (1_000_00, 800_00)

    bound = {"quote_id": quote["id"], "quote_hash": quote["hash"], "account_id": account["id"]}
    stale = await desk.refused("POST", "/v1/plans", json=bound)
    assert stale[1] == "quote-stale"  # of today it no longer is what is owed
    plan = await desk.post("/v1/plans", {**bound, "effective_on": AGREED})
    assert (amounts(plan), plan["outstanding_minor"]) == ([100_00] * 10, 800_00)


async def test_a_waiver_entered_late_is_held_against_what_was_open_on_its_day(desk, placed):
    account = await placed(100_00)
    await desk.at("2026-01-25")
    payment = await desk.pay(account, 100_00, "2026-01-20")
    path = f"/v1/accounts/{account['id']}/adjustments"
    waiver = {"component": "principal", "reason": "agreed", "effective_on": AGREED}

    refused = await desk.refused("POST", path, json={**waiver, "amount_minor": 100_01})
    assert (refused[1], refused[2]["limit_minor"]) == ("exceeds-balance", 100_00)
    made = await desk.post(path, {**waiver, "amount_minor": 40_00})
    assert made["account"]["balance"]["total_minor"] == 0
    assert (await desk.read(payment))["unapplied_minor"] == 40_00
    await desk.books_agree(account)


async def test_a_charge_is_not_waived_before_it_was_charged_nor_twice(desk, placed):
    account = await placed()
    await desk.at("2026-01-20")
    path = f"/v1/accounts/{account['id']}"
    fee = await desk.post(f"{path}/charges", {"kind": "fee", "amount_minor": 50_00})
    waiver = {"component": "fees", "reason": "agreed", "charge_id": fee["id"]}
    early = {**waiver, "amount_minor": 10_00, "effective_on": "2026-01-19"}
    assert await desk.pointers(f"{path}/adjustments", early) == ["/effective_on"]

    await desk.at("2026-01-25")
    await desk.post(f"{path}/adjustments", {**waiver, "amount_minor": 30_00})
    late = {**waiver, "amount_minor": 30_00, "effective_on": "2026-01-21"}
    refused = await desk.refused("POST", f"{path}/adjustments", json=late)
    assert (refused[1], refused[2]["limit_minor"]) == ("exceeds-balance", 20_00)


async def test_a_plan_is_not_entered_into_the_days_of_another_nor_of_a_hold(desk, placed):
    account = await placed()
    first = await opened(desk, account, effective_on=PLACED)
    await desk.at("2026-01-20")
    await desk.post(f"/v1/plans/{first['id']}/cancel", {"reason": "asked"}, status=200)
    body = {"account_id": account["id"], "terms": IN_TEN, "effective_on": AGREED}
    status, name, problem = await desk.refused("POST", "/v1/plans", json=body)
    assert (status, name, problem["existing_plan_id"]) == (409, "plan-exists", first["id"])
    await desk.post("/v1/plans", {**body, "effective_on": "2026-01-20"})

    held = await placed()
    hold = {"kind": "dispute", "starts_on": "2026-01-08", "reason": "says it is paid"}
    await desk.at("2026-01-20")
    made = await desk.post(f"/v1/accounts/{held['id']}/holds", hold)
    release = f"/v1/accounts/{held['id']}/holds/{made['id']}/release"
    await desk.client.post(release, json={"reason": "settled"})
    body = {"account_id": held["id"], "terms": IN_TEN, "effective_on": AGREED}
    assert (await desk.refused("POST", "/v1/plans", json=body))[1] == "account-on-hold"


# --- Over random lives -------------------------------------------------------------------------

_TEN_OF_TOTAL = {"installment_count": 10, "frequency": {"every": 1, "unit": "week"}}


class Told:
    """One life told twice: with its late commands on their days, and all of them at its end."""

    def __init__(self, seed):
        self.dice = Random(seed)
        self.start = date.fromisoformat(PLACED)
        self.end = self.start + timedelta(days=self.dice.randint(60, 150))
        late = self.start + timedelta(days=self.dice.randint(3, 30))
        plan = {"terms": {**_TEN_OF_TOTAL, "first_due_on": str(late + timedelta(days=9))}}
        self.late = (late, self.dice.choice(("plan", "quoted", "waiver")), plan)
        days = {self.start + timedelta(days=self.dice.randint(1, 140)) for _ in range(9)}
        self.others = [(day, *self._other()) for day in sorted(days - {late}) if day <= self.end]

    def _other(self):
        minor = self.dice.randint(1, 200_00)
        deeds = ("payment", "payment", "charge", "waiver")
        return self.dice.choice(deeds), minor

    async def tell(self, desk, *, late):
        """The account and its plan at the end of the life, and the waiver's or plan's refusal."""
        await desk.at(PLACED)
        account = await desk.account(1_000_00, past_due_minor=self.past_due)
        deeds = list(self.others)
        deeds.append(self.late)
        deeds.sort(key=lambda deed: deed[0])
        if late:
            deeds.remove(self.late)
            deeds.append(self.late)
        said = None
        for day, kind, what in deeds:
            await desk.at(
                str(self.end if late and kind == self.late[1] and day == self.late[0] else day)
            )
            answer = await self._do(desk, account, str(day), kind, what)
            if (day, kind) == self.late[:2]:
                said = answer
        await desk.at(str(self.end))
        return account, said

    past_due = 0

    async def _do(self, desk, account, day, kind, what):
        path = f"/v1/accounts/{account['id']}"
        body = {"effective_on": day}
        match kind:
            case "payment":
                await desk.pay(account, what, day)
                return None
            case "charge":
                await desk.post(f"{path}/charges", {**body, "kind": "fee", "amount_minor": what})
                return None
            case "waiver":
                minor = what if isinstance(what, int) else 55_00
                body |= {"component": "principal", "amount_minor": minor, "reason": "agreed"}
                made = await desk.client.post(f"{path}/adjustments", json=body)
                return made.status_code
            case "quoted":
                body |= {"terms": what["terms"]}
                quote = await desk.client.post(f"{path}/quotes", json=body)
                if quote.status_code != 201:
                    return quote.status_code
                bound = {"quote_id": quote.json()["id"], "quote_hash": quote.json()["hash"]}
                body = {"account_id": account["id"], "effective_on": day, **bound}
                return (await desk.client.post("/v1/plans", json=body)).status_code
            case "plan":
                body |= {"account_id": account["id"], **what}
                return (await desk.client.post("/v1/plans", json=body)).status_code


def without_names(thing):
    """What is said of it but ids, etags and the hour."""
    apart = {"id", "etag", "created_at", "reference", "account_id", "active_plan_id", "quote_id"}
    if isinstance(thing, dict):
        return {k: without_names(v) for k, v in thing.items() if k not in apart}
    if isinstance(thing, list):
        return ["named" if isinstance(one, str) else without_names(one) for one in thing]
    return thing


@pytest.mark.parametrize("seed", range(24))
async def test_a_command_entered_late_equals_the_same_entered_on_its_day(desk, seed):
    life = Told(seed)
    life.past_due = life.dice.choice((0, None, 300_00))
    on_its_day, said = await life.tell(desk, late=False)
    entered_late, said_late = await life.tell(desk, late=True)

    assert said_late == said
    reads = [await desk.read(one) for one in (on_its_day, entered_late)]
    assert without_names(reads[1]) == without_names(reads[0])
    for account in (on_its_day, entered_late):
        await desk.books_agree(account)
    plans = [
        (await desk.get("/v1/plans", account_id=a["id"]))["data"]
        for a in (on_its_day, entered_late)
    ]
    assert without_names(plans[1]) == without_names(plans[0])
