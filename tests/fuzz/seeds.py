"""What the fuzzer starts from: for each operation something it can be done to, and how.

A command needs its own account in the right state: a plan that broke, an offer that waits for
approval, money nobody could place. One is made for each, so that no command spends another's.
"""

from itertools import count

from tests.fuzz.beside import add_beside, add_inbox

DAY, TODAY = "2026-01-10", "2026-02-10"
DUE = ("2026-01-31", "2026-02-28", "2026-03-31")
TERMS = {
    "installment_count": 3,
    "frequency": {"every": 1, "unit": "month"},
    "first_due_on": DUE[0],
}
NEXT = {**TERMS, "installment_count": 5, "first_due_on": "2026-03-10", "amount_minor": 300_00}
#: What an agent asks under it waits: no change is allowed, and no re-age needs a history.
LIMITED = {
    "extends": "default",
    "effective_from": "2020-01-01",
    "modification": {"max_deferrals_in_12_months": 0},
    "broken": {"max_missed": 1},
}
#: Weekly installments of 4.00 are too small and too many for an agent.
SMALL = {
    "installment_minor": 4_00,
    "frequency": {"every": 1, "unit": "week"},
    "first_due_on": "2026-02-20",
}
RE_AGE = {
    "kind": "standard", "first_due_on": "2026-03-01", "installment_count": 6,
    "frequency": {"every": 1, "unit": "month"}, "reason": "agreed", "documented_ability": True,
}  # fmt: skip
OFFER = {"expires_on": "2026-02-25", "share_bps": 7000, "terms": {**NEXT, "installment_count": 2}}
del OFFER["terms"]["amount_minor"]
ABILITY = {"reason": "agreed", "documented_ability": True}
WHY = {"reason": "agreed"}
#: Changes of a plan, each with what it is asked.
CHANGES = {
    "reamortizations": WHY,
    "reschedules": {"from_due_on": DUE[1], "to_due_on": "2026-03-05", **WHY},
    "deferrals": {"number": 2, **WHY},
    "due-day-changes": {"day": 5, **WHY},
    "payment-holidays": {"from_due_on": DUE[1], "installments": 1, **WHY},
    "step-downs": {"installment_minor": 50_00, "until_on": DUE[1], **WHY},
    "accelerations": WHY,
    "re-ages": RE_AGE,
}
OTHERS = (
    *(f"{kind}/preview" for kind in CHANGES),
    "undo",
    "un-re-age",
    "rewrites",
    "rewrites/preview",
    "cancel",
)


class Seeds:
    """One of everything, by the names the contract gives ids, and a request for each operation."""

    def __init__(self, client, agent):
        self.client, self._agent, self._numbers = client, agent, count()
        self.known: dict[str, list[str]] = {}
        self.ready: dict[str, dict] = {}  # by operation: `path`, `body`, `query`

    # --- What is asked ------------------------------------------------------------------

    def post(self, path, body, name=None, *, by=None, method="POST"):
        answer = (by or self.client).request(method, path, json=body)
        if not answer.is_success:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        if name:
            self.known.setdefault(name, []).append(answer.json()["id"])
        return answer.json()

    def send(self, path, content):
        answer = self.client.post(path, content=content, headers={"Content-Type": "text/csv"})
        if not answer.is_success:
            raise SystemExit(f"POST {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def number(self):
        return next(self._numbers)

    def account(self, minor=300_00, *, policy="unlimited"):
        debt = {
            "reference": f"seed-{self.number()}",
            "currency": "USD",
            "balance": {"principal_minor": minor, "fees_minor": 10_00},
            "policy": policy,
        }
        return self.post("/v1/accounts", debt)["id"]

    def plan(self, *, policy="unlimited", terms=TERMS, by=None, account=None):
        body = {"account_id": account or self.account(policy=policy), "terms": terms}
        return self.post("/v1/plans", body, by=by)["id"]

    def payment(self, account, minor=5_00, **more):
        money = {"reference": f"seed-p-{self.number()}", "amount_minor": minor, "currency": "USD"}
        lost = {"account_reference": "nobody", "unmatched": "suspense"}
        where = {"account_id": account} if account else lost
        return self.post("/v1/payments", {**where, **money, **more})["id"]

    def offer(self, *, by=None, share=7000):
        path = f"/v1/accounts/{self.account(policy='default')}/settlement-offers"
        return self.post(path, {**OFFER, "share_bps": share}, "settlement_id", by=by)["id"]

    def can(self, operation, body=None, **path):
        """An operation that would be done, were it asked so."""
        self.ready[operation] = {"path": path, "body": body}

    def clock(self, day):
        self.post("/v1/sandbox/clock", {"business_date": day}, method="PUT")

    # --- What is there --------------------------------------------------------------------

    def make(self):
        self.clock(DAY)
        self.post("/v1/policies/limited", LIMITED, method="PUT")
        late = {kind: self.plan() for kind in (*CHANGES, *OTHERS)}
        broken = self.plan(policy="limited")
        waiting = [self.plan(terms=SMALL, by=self._agent, policy="default") for _ in range(2)]
        aged = [self.account() for _ in range(2)]
        for account in aged:
            self.plan(account=account)
        held = [self.account() for _ in range(9)]
        self.clock(TODAY)
        self._changes(late)
        self.can("POST /v1/plans/{plan_id}/reinstate", WHY, plan_id=broken)
        for what, plan in zip(("approve", "reject"), waiting, strict=True):
            self.can(f"POST /v1/plans/{{plan_id}}/{what}", {}, plan_id=plan)
        self._waiting_changes()
        add_inbox(self, client=self.client, agent=self._agent, small=SMALL)
        self._pauses()
        self._account_re_ages(aged)
        self._accounts(held)
        self._money()
        self._settlements()
        self._persons()
        add_beside(self)
        self._webhooks()
        self._spare()
        self.known["name"] = ["default", "unlimited", "limited"]
        self.known["effective_on"] = self.known["business_date"] = [TODAY]
        self.known["first_due_on"] = ["2026-03-01"]
        return self

    @property
    def spare(self):
        """Those by name that were made for no operation: any may have them."""
        kept = {value for one in self.ready.values() for value in one["path"].values()}
        left = {name: [v for v in made if v not in kept] for name, made in self.known.items()}
        return {name: values or self.known[name] for name, values in left.items()}

    def _spare(self):
        for _ in range(3):
            account = self.account()
            self.known.setdefault("account_id", []).append(account)
            self.known.setdefault("payment_id", []).append(self.payment(account))
            plan = self.plan(account=account, terms={**TERMS, "first_due_on": DUE[1]})
            self.known.setdefault("plan_id", []).append(plan)
            fee = {"kind": "fee", "amount_minor": 1_00}
            self.post(f"/v1/accounts/{account}/charges", fee, "charge_id")

    def _changes(self, late):
        for kind, body in CHANGES.items():
            path = f"POST /v1/plans/{{plan_id}}/{kind}"
            self.can(path, body, plan_id=late[kind])
            self.can(f"{path}/preview", body, plan_id=late[f"{kind}/preview"])
        self.can("POST /v1/plans/{plan_id}/cancel", WHY, plan_id=late["cancel"])
        deferred = f"/v1/plans/{late['undo']}/deferrals"
        self.post(deferred, CHANGES["deferrals"])
        undo = "POST /v1/plans/{plan_id}/revisions/{revision}/undo"
        self.can(undo, {}, plan_id=late["undo"], revision=2)
        made = self.post(f"/v1/plans/{late['un-re-age']}/re-ages", RE_AGE)
        path = {"plan_id": late["un-re-age"], "re_age_id": made["id"]}
        self.can("POST /v1/plans/{plan_id}/re-ages/{re_age_id}/undo", {}, **path)
        for kind in ("rewrites/preview", "rewrites"):
            account = self.client.get(f"/v1/plans/{late[kind]}").json()["account_id"]
            terms = {**NEXT, "amount_minor": 310_00}
            quote = self.post(f"/v1/accounts/{account}/quotes", {"terms": terms}, "quote_id")
            body = {"quote_id": quote["id"], "quote_hash": quote["hash"], **WHY}
            self.can(f"POST /v1/plans/{{plan_id}}/{kind}", body, plan_id=late[kind])

    def _waiting_changes(self):
        for what in ("approve", "reject"):
            terms = {**TERMS, "first_due_on": DUE[1]}
            plan = self.plan(policy="limited", terms=terms)
            self.post(f"/v1/plans/{plan}/deferrals", CHANGES["deferrals"], by=self._agent)
            path = f"POST /v1/plans/{{plan_id}}/revisions/{{revision}}/{what}"
            self.can(path, {}, plan_id=plan, revision=2)

    def _pauses(self):
        terms = {**TERMS, "first_due_on": DUE[1]}
        pause = {"starts_on": TODAY, "ends_on": "2026-03-01", **WHY}
        self.can("POST /v1/plans/{plan_id}/pauses", pause, plan_id=self.plan(terms=terms))
        plan = self.plan(terms=terms)
        made = self.post(f"/v1/plans/{plan}/pauses", pause)
        path = "POST /v1/plans/{plan_id}/pauses/{pause_id}/resume"
        self.can(path, {}, plan_id=plan, pause_id=made["id"])

    def _account_re_ages(self, aged):
        one, other = aged
        self.can("POST /v1/accounts/{account_id}/re-ages", ABILITY, account_id=one)
        made = self.post(f"/v1/accounts/{other}/re-ages", ABILITY)
        path = {"account_id": other, "re_age_id": made["id"]}
        self.can("POST /v1/accounts/{account_id}/re-ages/{re_age_id}/undo", {}, **path)

    def _accounts(self, held):
        off, un_off, closed, un_closed, hold, plain, *_ = held
        on = "POST /v1/accounts/{account_id}"
        self.can(f"{on}/charge-offs", WHY, account_id=off)
        self.post(f"/v1/accounts/{un_off}/charge-offs", WHY)
        self.can(f"{on}/charge-offs/undo", WHY, account_id=un_off)
        right = {"opened_on": "2023-05-05", **WHY}
        self.can(f"{on}/placement-corrections", right, account_id=plain)
        self.can(f"{on}/placement-corrections/preview", right, account_id=plain)
        self.can(f"{on}/closures", WHY, account_id=closed)
        self.post(f"/v1/accounts/{un_closed}/closures", WHY)
        self.can(f"{on}/closures/undo", WHY, account_id=un_closed)
        made = self.post(f"/v1/accounts/{hold}/holds", {"kind": "dispute", **WHY}, "hold_id")
        self.can(f"{on}/holds/{{hold_id}}/release", {}, account_id=hold, hold_id=made["id"])
        terms = {k: v for k, v in NEXT.items() if k != "amount_minor"}
        promise = {"amount_minor": 50_00, "due_on": "2026-02-20"}
        fee = {"kind": "fee", "amount_minor": 1_00}
        waive = {"component": "fees", "amount_minor": 1_00, **WHY}
        self.can(f"{on}/promises", promise, account_id=plain)
        self.can(f"{on}/charges", fee, account_id=plain)
        self.can(f"{on}/adjustments", waive, account_id=plain)
        cycle = {"due_on": "2026-02-05", "minimum_due_minor": 50_00}
        self.can(f"{on}/cycles", cycle, account_id=plain)
        workout = {"programme": "hardship-12", "payment_minor": 30_00}
        self.can(f"{on}/workouts", workout, account_id=plain)
        self.can(f"{on}/quotes", {"terms": terms}, account_id=plain)
        self.can(f"{on}/quotes/preview", {"terms": terms}, account_id=plain)
        options = {k: terms[k] for k in ("frequency", "first_due_on")} | {"affordable_minor": 50_00}
        self.can(f"{on}/plan-options", options, account_id=plain)
        amended = {"metadata": {"team": "north"}}
        self.can("PATCH /v1/accounts/{account_id}", amended, account_id=plain)
        made = self.post(f"/v1/accounts/{plain}/promises", promise, "promise_id")
        path = {"account_id": plain, "promise_id": made["id"]}
        self.can("GET /v1/accounts/{account_id}/promises/{promise_id}", **path)
        charge = self.post(f"/v1/accounts/{plain}/charges", fee, "charge_id")
        self.can("POST /v1/charges/{charge_id}/reversals", WHY, charge_id=charge["id"])
        self.can("POST /v1/plans", {"account_id": held[6], "terms": NEXT})
        parts = {"currency": "USD", "available_minor": 100_00, "debts": [{"account_id": plain}]}
        self.can("POST /v1/plan-options/shares", parts)
        sweep = self.post("/v1/sweeps", {"business_date": TODAY}, "sweep_id")
        self.can("GET /v1/sweeps/{sweep_id}", sweep_id=sweep["id"])
        self.can("POST /v1/policies/{name}/what-if", {"grace_days": 3}, name="limited")

    def _money(self):
        account = self.account()
        on = "POST /v1/payments/{payment_id}"
        back = {"reason_code": "R01"}
        part = {"amount_minor": 1_00, "reason_code": "10.4"}
        self.can(f"{on}/reversals", back, payment_id=self.payment(account))
        self.can(f"{on}/chargebacks", part, payment_id=self.payment(account))
        ahead = self.payment(self.account(1_00), 500_00)
        self.can(f"{on}/refunds", {"amount_minor": 1_00}, payment_id=ahead)
        made = self.post(f"/v1/payments/{self.payment(account)}/chargebacks", part)
        again = "POST /v1/chargebacks/{chargeback_id}/reversals"
        self.known["chargeback_id"] = [made["id"]]
        self.can(again, {}, chargeback_id=made["id"])
        lost = [self.payment(None) for _ in range(3)]
        self.can("GET /v1/suspense/{payment_id}", payment_id=lost[0])
        where = {"account_id": account}
        self.can("POST /v1/suspense/{payment_id}/assign", where, payment_id=lost[1])
        self.can("POST /v1/suspense/{payment_id}/refund", {}, payment_id=lost[2])
        paid = {**where, "amount_minor": 1_00}
        split = {"reference": "seed-split", "currency": "USD", "parts": [paid, paid]}
        self.post("/v1/payments/split", split)
        reversal = "POST /v1/payments/split/{reference}/reversals"
        self.can(reversal, back, reference="seed-split")
        self.can("POST /v1/payments/split", {**split, "reference": "seed-other"})
        asked = {"code": "R01", "settled_on": TODAY}
        self.can("POST /v1/ach-returns/assessments", asked)
        item = {**where, "reference": "seed-batch", "amount_minor": 1_00, "currency": "USD"}
        self.can("POST /v1/payments/batch", {"mode": "continue", "items": [item]})

    def _settlements(self):
        on = "POST /v1/settlement-offers/{settlement_id}"
        for what in ("accept", "decline", "withdraw"):
            self.can(f"{on}/{what}", {}, settlement_id=self.offer())
        for what in ("approve", "reject"):
            waits = self.offer(by=self._agent, share=4500)
            self.can(f"{on}/{what}", {}, settlement_id=waits)
        asked = "POST /v1/accounts/{account_id}/settlement-offers"
        for rest in ("", "/preview"):
            self.can(asked + rest, OFFER, account_id=self.account())
        done = self.offer()
        self.post(f"/v1/settlement-offers/{done}/accept", {})
        told = self.client.get(f"/v1/settlement-offers/{done}").json()
        self.payment(told["account_id"], 217_00)
        of = "GET /v1/settlement-offers/{settlement_id}"
        for rest in ("", "/letter", "/letters", "/debt-relief"):
            self.can(of + rest, settlement_id=done)
        self.client.get(f"/v1/settlement-offers/{done}/letter")
        kept = self.client.get(f"/v1/settlement-offers/{done}/letters").json()["data"]
        if kept:
            self.known["letter_id"] = [kept[0]["id"]]
            self.can("GET /v1/letters/{letter_id}", letter_id=kept[0]["id"])
        self._consent()

    def _webhooks(self):
        """An endpoint where nobody is, for each operation on one."""
        body = {"url": "https://hooks.example.test/accord"}
        asked = {
            "PATCH /v1/webhooks/{webhook_id}": {"rate_per_second": 5},
            "DELETE /v1/webhooks/{webhook_id}": None,
            "POST /v1/webhooks/{webhook_id}/rotate-secret": {"revoke_old": True},
            "POST /v1/webhooks/{webhook_id}/ping": None,
            "POST /v1/webhooks/{webhook_id}/disable": None,
            "POST /v1/webhooks/{webhook_id}/enable": {"resume": "now"},
            "POST /v1/webhooks/{webhook_id}/replay": {"only": "all"},
            "GET /v1/webhooks/{webhook_id}": None,
            "GET /v1/webhooks/{webhook_id}/secret": None,
            "GET /v1/webhooks/{webhook_id}/deliveries": None,
        }
        for operation, said in asked.items():
            made = self.post("/v1/webhooks", body, "webhook_id")["id"]
            self.can(operation, said, webhook_id=made)
        self.post(f"/v1/webhooks/{made}/ping", {})
        path = f"/v1/webhooks/{made}/deliveries"
        sent = self.client.get(path).json()["data"][0]["id"]
        self.can("POST /v1/webhook-deliveries/{delivery_id}/retry", delivery_id=sent)

    def _persons(self):
        debtor = {"reference": "seed-person", "email": "a@example.com", "phone": "+13125550100"}
        body = {"reference": "seed-reached", "currency": "USD", "debtor": debtor,
                "balance": {"principal_minor": 300_00}}  # fmt: skip
        account = self.post("/v1/accounts", body)
        person = account["debtor"]["id"]
        self.known["person_id"] = [person]
        at, on = {"person_id": person}, "POST /v1/persons/{person_id}"
        point = {"kind": "phone", "value": "+1 312 555 0101"}
        made = self.post(f"/v1/persons/{person}/contact-points", point, "point_id")
        for rest in ("", "/contact-points", "/restrictions"):
            self.can(f"GET /v1/persons/{{person_id}}{rest}", **at)
        self.can("PATCH /v1/persons/{person_id}", {"language": "es"}, **at)
        self.can(f"{on}/contact-points", {"kind": "email", "value": "b@example.com"}, **at)
        self.can(f"{on}/location", {"time_zone": "America/Denver", "said_on": TODAY}, **at)
        placed = {"kind": "no_visits", **WHY}
        self.can(f"{on}/restrictions", placed, **at)
        lifted = self.post(f"/v1/persons/{person}/restrictions", placed, "restriction_id")
        lift = {"said_by_person": True, **WHY}
        path = "POST /v1/restrictions/{restriction_id}/lift"
        self.can(path, lift, restriction_id=lifted["id"])
        at, on = {"point_id": made["id"]}, "POST /v1/contact-points/{point_id}"
        said_at = f"{DAY}T08:00:00Z"
        consent = {"kind": "electronic", "given_at": said_at, "channel_given": "web",
                   "evidence": {"text_hash": "9f86"}}  # fmt: skip
        self.can(f"{on}/consents", consent, **at)
        back = {"channels": "all", "received_at": said_at, "how": "reply"}
        self.can(f"{on}/revocations", back, **at)
        self.can(f"{on}/validity", {"validity": "valid"}, **at)
        self.can(f"{on}/number-checks", {"checked_on": TODAY, "database": "RND"}, **at)
        self.can("PATCH /v1/contact-points/{point_id}", {"priority": 2}, **at)
        self.can("GET /v1/contact-points/{point_id}/history", **at)
        at = {"account_id": account["id"]}
        asked = {"channel": "call"}
        path = "POST /v1/accounts/{account_id}/contact-decisions/preview"
        self.can(path, asked, **at)
        self.can("GET /v1/accounts/{account_id}/contactability", **at)
        path = f"/v1/accounts/{account['id']}/contact-decisions"
        self.can("POST /v1/accounts/{account_id}/contact-decisions", asked, **at)
        self.can("GET /v1/accounts/{account_id}/contact-decisions", **at)
        self.can("GET /v1/contact-decisions")
        for what in ("GET /v1/contact-decisions/{decision_id}",
                     "POST /v1/contact-decisions/{decision_id}/release"):  # fmt: skip
            decided = self.post(path, asked, "decision_id")
            self.can(what, WHY if "release" in what else None, decision_id=decided["id"])
        call = {"account_ids": [account["id"]], "person_id": person, "channel": "call",
                "direction": "out", "outcome": "no_answer", "started_at": said_at}  # fmt: skip
        self.can("POST /v1/contacts", call)
        self.can("POST /v1/contacts/batch", {"mode": "continue", "items": [call]})
        of = "/v1/contacts/{contact_id}"
        for what in (f"GET {of}", f"POST {of}/corrections", f"POST {of}/void"):
            contact = self.post("/v1/contacts", call, "contact_id")
            said = {"corrections": {"outcome": "busy", **WHY}, "void": WHY}
            self.can(what, said.get(what.rpartition("/")[2]), contact_id=contact["id"])

    def _consent(self):
        account = self.account()
        quote = self.post(f"/v1/accounts/{account}/quotes", {"terms": NEXT}, "quote_id")
        self.known["supersedes"] = [quote["id"]]
        said = {
            "channel": "phone", "captured_at": f"{TODAY}T15:04:05Z", "captured_by": "agent-17",
            "text_hash": quote["text_hash"],
        }  # fmt: skip
        words = {"quote_id": quote["id"], "quote_hash": quote["hash"], "consent": said}
        plan = self.post("/v1/plans", {"account_id": account, **words})
        self.can("GET /v1/plans/{plan_id}/consent", plan_id=plan["id"])
