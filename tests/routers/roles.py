"""A situation for every act that asks something of a role: an admin makes it, somebody else acts.

`ACTS` is by operation: what is to be asked, with an amount where the operation has one.
"""

from itertools import count

from tests.routers.lives.desk import IN_THREE, OPENING
from tests.routers.reages.test_reages import RE_AGE

LATER = "2026-03-05"
LENIENT = {
    "extends": "default",
    "effective_from": "2020-01-01",
    "re_age": {"min_months_on_book": 0, "min_payments": 0, "products": None,
               "max_in_12_months": None, "max_in_60_months": None},
    "modification": {"acceleration_min_missed": 0},
}  # fmt: skip
OWED = 10_000_00


class World:
    """An admin's desk, at which situations are made; every account is another one."""

    def __init__(self, admin):
        self.admin = admin
        self._numbers = count(1)

    async def begin(self):
        await self.admin.at(LATER)
        answer = await self.admin.client.put("/v1/policies/lenient", json=LENIENT)
        assert answer.is_success, answer.text

    def name(self):
        return f"R-{next(self._numbers)}"

    async def account(self):
        placed = {"opened_on": "2024-01-01", "effective_on": OPENING, "policy": "lenient"}
        return await self.admin.account(OWED, reference=self.name(), **placed)

    async def plan(self):
        body = {"account_id": (await self.account())["id"], "effective_on": OPENING}
        return await self.admin.post("/v1/plans", {**body, "terms": IN_THREE})

    async def paid(self, amount_minor=100_00, account=None):
        return await self.admin.post("/v1/payments", self.payment(
            account or await self.account(), amount_minor))  # fmt: skip

    def payment(self, account, amount_minor, **more):
        return {"account_id": account["id"], "reference": self.name(),
                "amount_minor": amount_minor, "currency": "USD", **more}  # fmt: skip

    async def charge(self, amount_minor):
        path = f"/v1/accounts/{(await self.account())['id']}/charges"
        return await self.admin.post(path, {"kind": "fee", "amount_minor": amount_minor})

    async def lost(self, amount_minor=100_00):
        return await self.admin.post("/v1/payments", {
            "account_reference": "nowhere", "reference": self.name(), "currency": "USD",
            "amount_minor": amount_minor, "unmatched": "suspense"})  # fmt: skip


async def add_charge(world, amount_minor):
    account = await world.account()
    return f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": amount_minor}


async def reverse_charge(world, amount_minor):
    charge = await world.charge(amount_minor)
    return f"/v1/charges/{charge['id']}/reversals", {"reason": "r"}


async def adjust(world, amount_minor):
    account = await world.account()
    body = {"component": "principal", "amount_minor": amount_minor, "reason": "r"}
    return f"/v1/accounts/{account['id']}/adjustments", body


async def charge_off(world, _):
    return f"/v1/accounts/{(await world.account())['id']}/charge-offs", {"reason": "r"}


async def undo_charge_off(world, _):
    path, body = await charge_off(world, 0)
    await world.admin.post(path, body)
    return f"{path}/undo", {}


async def correct_placement(world, _):
    path = f"/v1/accounts/{(await world.account())['id']}/placement-corrections"
    return path, {"opened_on": "2023-05-05", "reason": "r"}


async def close(world, _):
    return f"/v1/accounts/{(await world.account())['id']}/closures", {"reason": "r"}


async def undo_closure(world, _):
    path, body = await close(world, 0)
    await world.admin.post(path, body)
    return f"{path}/undo", {}


def place_hold(kind):
    async def made(world, _):
        body = {"kind": kind, "starts_on": LATER, "reason": "r"}
        return f"/v1/accounts/{(await world.account())['id']}/holds", body

    return made


def release_hold(kind):
    async def made(world, _):
        path, body = await place_hold(kind)(world, 0)
        return f"{path}/{(await world.admin.post(path, body))['id']}/release", {}

    return made


async def goodwill(world, amount_minor):
    return "/v1/payments", world.payment(await world.account(), amount_minor, kind="goodwill")


async def funded(world, amount_minor):
    account = await world.account()
    more = {"kind": "repayment", "funded_by": "institution"}
    return "/v1/payments", world.payment(account, amount_minor, **more)


async def goodwill_of_many(world, amount_minor):
    path, body = await goodwill(world, amount_minor)
    return f"{path}/batch", {"mode": "continue", "items": [body]}


async def reverse(world, _):
    return f"/v1/payments/{(await world.paid())['id']}/reversals", {"reason_code": "R01"}


async def reverse_with_fee(world, amount_minor):
    path, body = await reverse(world, 0)
    return path, {**body, "return_fee_minor": amount_minor}


async def reverse_many(world, _):
    item = {"payment_id": (await world.paid())["id"], "reason_code": "R01"}
    return "/v1/payments/reversals/batch", {"mode": "continue", "items": [item]}


async def reverse_many_with_fee(world, amount_minor):
    path, body = await reverse_many(world, 0)
    (item,) = body["items"]
    return path, {**body, "items": [{**item, "return_fee_minor": amount_minor}]}


async def reverse_split(world, _):
    account = await world.account()
    body = {"reference": world.name(), "currency": "USD",
            "parts": [{"account_id": account["id"], "amount_minor": 1_00}]}  # fmt: skip
    await world.admin.post("/v1/payments/split", body)
    return f"/v1/payments/split/{body['reference']}/reversals", {"reason_code": "R01"}


async def charge_back(world, _):
    path = f"/v1/payments/{(await world.paid())['id']}/chargebacks"
    return path, {"amount_minor": 1_00, "reason_code": "10", "reference": world.name()}


async def win(world, _):
    path, body = await charge_back(world, 0)
    return f"/v1/chargebacks/{(await world.admin.post(path, body))['id']}/reversals", {}


async def refund(world, amount_minor):
    paid = await world.paid(OWED + amount_minor)
    body = {"amount_minor": amount_minor, "reference": world.name()}
    return f"/v1/payments/{paid['id']}/refunds", body


async def assign(world, _):
    body = {"account_id": (await world.account())["id"]}
    return f"/v1/suspense/{(await world.lost())['id']}/assign", body


async def assign_goodwill(world, amount_minor):
    kept = await world.admin.post("/v1/payments", {
        "account_reference": "nowhere", "reference": world.name(), "currency": "USD",
        "amount_minor": amount_minor, "unmatched": "suspense", "kind": "goodwill"})  # fmt: skip
    return f"/v1/suspense/{kept['id']}/assign", {"account_id": (await world.account())["id"]}


async def refund_suspense(world, amount_minor):
    return f"/v1/suspense/{(await world.lost(amount_minor))['id']}/refund", {}


async def cancel(world, _):
    return f"/v1/plans/{(await world.plan())['id']}/cancel", {"reason": "r"}


async def reinstate(world, _):
    plan = await world.plan()
    await world.admin.post(f"/v1/plans/{plan['id']}/accelerations", {"reason": "r"})
    return f"/v1/plans/{plan['id']}/reinstate", {"reason": "r"}


async def pause(world, _):
    body = {"starts_on": LATER, "ends_on": "2026-03-20", "reason": "r"}
    return f"/v1/plans/{(await world.plan())['id']}/pauses", body


async def resume(world, _):
    path, body = await pause(world, 0)
    return f"{path}/{(await world.admin.post(path, body))['id']}/resume", {}


async def undo_revision(world, _):
    plan = await world.plan()
    await world.admin.post(f"/v1/plans/{plan['id']}/deferrals", {"number": 3, "reason": "r"})
    return f"/v1/plans/{plan['id']}/revisions/2/undo", {}


async def undo_re_age(world, _):
    plan = await world.plan()
    body = {**RE_AGE, "first_due_on": "2026-04-01"}
    made = await world.admin.post(f"/v1/plans/{plan['id']}/re-ages", body)
    return f"/v1/plans/{plan['id']}/re-ages/{made['id']}/undo", {}


async def undo_account_re_age(world, _):
    placed = {"opened_on": "2024-01-01", "effective_on": OPENING, "policy": "lenient",
              "past_due_minor": OWED, "delinquent_since_on": OPENING}  # fmt: skip
    account = await world.admin.account(OWED, reference=world.name(), **placed)
    path = f"/v1/accounts/{account['id']}/re-ages"
    made = await world.admin.post(path, {"kind": "standard", "documented_ability": True,
                                         "reason": "r"})  # fmt: skip
    return f"{path}/{made['id']}/undo", {}


def place(policy):
    async def made(world, _):
        body = {"reference": world.name(), "currency": "USD", "policy": policy,
                "balance": {"principal_minor": 1_00}}  # fmt: skip
        return "/v1/accounts", body

    return made


def place_many(policy):
    async def made(world, _):
        path, body = await place(policy)(world, 0)
        return f"{path}/batch", {"mode": "continue", "items": [body]}

    return made


async def save_policy(world, _):
    return "PUT /v1/policies/own", {"grace_days": 3}


async def save_worklist(world, _):
    return "PUT /v1/worklists/own", {"reasons": {"no_contact": {"base": 50}}}


async def sweep(world, _):
    return "/v1/sweeps", {"business_date": LATER}


async def set_clock(world, _):
    return "PUT /v1/sandbox/clock", {"business_date": LATER}


async def make_key(world, _):
    return "/v1/keys", {"name": "k", "role": "agent", "scopes": ["accounts:read"]}


async def list_keys(world, _):
    return "GET /v1/keys", None


def on_key(method, rest=""):
    async def asked(world, _):
        path, body = await make_key(world, 0)
        made = await world.admin.client.post(path, json=body, headers={"Accord-Actor": "ann"})
        return f"{method} /v1/keys/{made.json()['id']}{rest}", None if method == "GET" else {}

    return asked


#: Operations that need no word but their name.
ACTS = {
    "charges_reverse": reverse_charge,
    "payments_reverse": reverse,
    "splits_reverse": reverse_split,
    "reversals_reverse_many": reverse_many,
    "returns_charge_back": charge_back,
    "chargebacks_reverse": win,
    "suspense_assign": assign,
    "plans_cancel": cancel,
    "reinstatements_reinstate": reinstate,
    "pauses_set": pause,
    "pauses_resume": resume,
    "changes_undo_revision": undo_revision,
    "reages_undo_re_age": undo_re_age,
    "account_reages_undo": undo_account_re_age,
}
OFFICES = {
    "closings_charge_off": charge_off,
    "closings_undo_charge_off": undo_charge_off,
    "placements_correct": correct_placement,
    "closings_close": close,
    "closings_undo_closure": undo_closure,
    "policies_save": save_policy,
    "worklists_save": save_worklist,
    "sweeps_start": sweep,
    "sandbox_set_clock": set_clock,
    "keys_create": make_key,
    "keys_find": list_keys,
    "keys_read": on_key("GET"),
    "keys_rotate": on_key("POST", "/rotate"),
    "keys_revoke": on_key("POST", "/revoke"),
}
#: By operation and what it costs.
AMOUNTS = {
    ("charges_add", "charge"): (add_charge,),
    ("payments_reverse", "charge"): (reverse_with_fee,),
    ("reversals_reverse_many", "charge"): (reverse_many_with_fee,),
    ("charges_reverse", "waive"): (reverse_charge,),
    ("charges_adjust", "waive"): (adjust,),
    ("payments_post", "goodwill"): (goodwill, funded),
    ("payments_post_many", "goodwill"): (goodwill_of_many,),
    ("suspense_assign", "goodwill"): (assign_goodwill,),
    ("returns_refund", "refund"): (refund,),
    ("suspense_refund", "refund"): (refund_suspense,),
}
HOLDS = {"holds_place": place_hold, "holds_release": release_hold}
CHOICES = {"accounts_place": place, "accounts_place_many": place_many}
