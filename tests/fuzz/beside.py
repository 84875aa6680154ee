"""What the fuzzer finds beside the books: teams and who works what, templates to be tried,
statements, messages to be sent.
"""

TERMS = {
    "installment_count": 3,
    "frequency": {"every": 1, "unit": "month"},
    "first_due_on": "2026-03-10",
}


def add_beside(seeds):
    """All that stands on no plan of theirs."""
    add_reports(seeds)
    add_assignments(seeds)
    add_keys(seeds)
    add_templates(seeds)
    add_contact_policies(seeds)
    add_messages(seeds)
    add_keeping(seeds)
    add_links(seeds)
    add_parties(seeds)
    add_inbound(seeds)
    add_imports(seeds)
    add_worklists(seeds)
    add_escalations(seeds)
    add_validation(seeds)


def add_assignments(seeds):
    team = {"name": "austin"}
    seeds.can("PUT /v1/teams/{name}", {"actors": ["ann"]}, **team)
    seeds.can("GET /v1/teams/{name}", **team)
    seeds.can("GET /v1/teams")
    at = {"account_id": seeds.account()}
    given = {"actor": "ann", "reason": "agreed"}
    seeds.can("POST /v1/accounts/{account_id}/assignments", given, **at)
    seeds.can("GET /v1/accounts/{account_id}/assignments", **at)
    items = [{**at, **given}]
    seeds.can("POST /v1/assignments/batch", {"mode": "continue", "items": items})
    target = {"scope": {"team": "austin"}, "metric": "contacts", "from": "2026-03-01",
              "to": "2026-03-31", "value": 40}  # fmt: skip
    seeds.can("PUT /v1/targets", target)
    seeds.can("GET /v1/targets")
    add_sheets(seeds)
    add_schedules(seeds)


def add_schedules(seeds):
    body = {"name": "Aging", "report": "aging", "period": "previous_day", "days": {"unit": "day"},
            "recipients": [{"kind": "mail", "to": "board@acme.example"}]}  # fmt: skip
    path = "/v1/report-schedules"
    seeds.can(f"POST {path}", body)
    seeds.can(f"GET {path}")
    made = [seeds.post(path, body, "schedule_id")["id"] for _ in range(2)]
    for rest in ("", "/deliveries", "/preview"):
        seeds.can(f"GET {path}/{{schedule_id}}{rest}", schedule_id=made[0])
    seeds.can(f"PATCH {path}/{{schedule_id}}", {"active": False}, schedule_id=made[0])
    seeds.can(f"DELETE {path}/{{schedule_id}}", schedule_id=made[1])


def add_sheets(seeds):
    mapping = {"kind": "targets", "mapping": {"metric": {"value": "contacts"}}}
    seeds.can("PUT /v1/import-mappings/{name}", mapping, name="acme")
    seeds.post("/v1/import-mappings/acme", mapping, method="PUT")
    seeds.can("GET /v1/import-mappings/{name}", name="acme")
    seeds.can("GET /v1/import-mappings")
    path = "/v1/imports/dry-runs"
    sheet = "Agent,Metric,From,To,Goal\nann,contacts,2026-04-01,2026-04-30,40\n"
    made = [seeds.send(f"{path}?kind=targets", sheet)["id"] for _ in range(3)]
    seeds.known.setdefault("import_id", []).extend(made)
    seeds.can("GET /v1/imports/dry-runs/{import_id}", import_id=made[0])
    seeds.can("GET /v1/imports/dry-runs/{import_id}/refused.xlsx", import_id=made[0])
    seeds.can("PATCH /v1/imports/dry-runs/{import_id}", {"mapping": {}}, import_id=made[1])
    commit = "POST /v1/imports/dry-runs/{import_id}/commit"
    seeds.can(commit, {"mode": "continue"}, import_id=made[2])


def add_inbox(seeds, *, client, agent, small):
    """A plan that an agent may not agree to, and its account as it was when it was read."""
    seeds.can("GET /v1/approvals")
    plan = seeds.plan(terms=small, by=agent, policy="default")
    waits = client.get("/v1/approvals?limit=200").json()["data"]
    etag = next(one["etag"] for one in waits if one["id"] == plan)
    asked = {"decision": "approve", "etag": etag}
    seeds.can("POST /v1/approvals/{kind}/{thing_id}/decide", asked, kind="plan", thing_id=plan)


def add_reports(seeds):
    """Each from the day the books are at; a cell is looked behind where there is one."""
    seeds.account()
    seeds.can("GET /v1/reports")
    for rest in ("", ".csv", ".xlsx", ".pdf"):
        seeds.can(f"GET /v1/reports/{{report}}{rest}", report="aging")
    found = seeds.post("/v1/reports/aging", None, method="GET")
    seeds.can("GET /v1/reports/{report}/rows", report="aging")
    cell = f"{found['rows'][0]['cell']}.balance_minor"
    seeds.ready["GET /v1/reports/{report}/rows"]["query"] = {"cell": cell}
    run = {"report": "aging", "format": "csv"}
    seeds.can("POST /v1/report-runs", run)
    made = seeds.post("/v1/report-runs", run, "run_id")["id"]
    for rest in ("GET {}", "GET {}/file", "POST {}/verify", "POST {}/cancel"):
        seeds.can(rest.format("/v1/report-runs/{run_id}"), run_id=made)
    seeds.can("GET /v1/reports/compare")
    seeds.ready["GET /v1/reports/compare"]["query"] = {"left": made, "right": made}


def add_keys(seeds):
    body = {"name": "k", "role": "agent", "scopes": ["accounts:read"]}
    seeds.can("POST /v1/keys", body)
    seeds.can("GET /v1/keys")
    for operation in ("GET /v1/keys/{key_id}", "POST /v1/keys/{key_id}/rotate",
                      "POST /v1/keys/{key_id}/revoke"):  # fmt: skip
        made = seeds.post("/v1/keys", body)["id"]
        seeds.can(operation, {} if operation.endswith("rotate") else None, key_id=made)


def add_contact_policies(seeds):
    body = {"rules": {"house.calls_3_a_day": {"max": 2}}, "dispositions": {"LM": "voicemail_left"},
            "creditors": {"C-1": {"collector_type": "first_party"}}}  # fmt: skip
    seeds.post("/v1/contact-policies/default", body, method="PUT")
    name = {"name": "default"}
    seeds.can("PUT /v1/contact-policies/{name}", body, **name)
    seeds.can("GET /v1/contact-policies")
    seeds.can("GET /v1/contact-policies/{name}", **name)
    seeds.can("GET /v1/contact-policies/{name}/versions/{version}", **name, version=1)
    tried = {"document": body, "from": "2026-01-01", "to": "2026-01-31"}
    seeds.can("POST /v1/contact-policies/{name}/what-if", tried, **name)
    seeds.can("GET /v1/contact-rules", release="2026-10")


def add_templates(seeds):
    key = {"key": "receipt"}
    words = {"subject": "Paid", "text": "{{ payment.amount }} {{ disclosures.opt_out }} "
             "{{ disclosures.collector_identity }}"}  # fmt: skip
    body = {"channel": "email", "purpose": "receipt", "asks_for_money": False,
            "locales": {"en-US": words}}  # fmt: skip
    seeds.post("/v1/templates/receipt", body, method="PUT")
    seeds.can("PUT /v1/templates/{key}", body, **key)
    seeds.can("GET /v1/templates")
    seeds.can("GET /v1/templates/{key}", **key)
    seeds.can("GET /v1/templates/{key}/versions/{version}", **key, version=1)
    seeds.can("GET /v1/templates/variables")
    plan = seeds.post("/v1/plans", {"account_id": seeds.account(), "terms": TERMS})
    at = {"account_id": plan["account_id"]}
    seeds.can("GET /v1/accounts/{account_id}/statement", **at)
    seeds.can("GET /v1/accounts/{account_id}/invoice", **at)
    asked = {"installment_id": plan["installments"][0]["id"]}
    seeds.ready["GET /v1/accounts/{account_id}/invoice"]["query"] = asked
    tried = {"account_id": seeds.account(), "locale": "en-US"}
    seeds.can("POST /v1/templates/{key}/preview", tried, **key)


def add_messages(seeds):
    """By letter, which no hour binds: it is always some time of the day."""
    debtor = {"reference": "seed-written-to", "name": "Bo", "language": "en", "region": "US-IL"}
    body = {"reference": "seed-written", "currency": "USD", "debtor": debtor,
            "balance": {"principal_minor": 300_00}}  # fmt: skip
    account = seeds.post("/v1/accounts", body)
    home = {"lines": ["1 Elm St"], "city": "Chicago", "region": "US-IL",
            "postal_code": "60601", "country": "US"}  # fmt: skip
    point = {"kind": "postal", "value": "1 Elm St, Chicago", "postal": home}
    seeds.post(f"/v1/persons/{account['debtor']['id']}/contact-points", point)
    words = {"subject": "Your account", "text": "{{ account.balance }} "
             "{{ disclosures.collector_identity }} {{ disclosures.time_barred }}"}  # fmt: skip
    said = {"channel": "letter", "purpose": "statement", "asks_for_money": True,
            "locales": {"en-US": words}}  # fmt: skip
    seeds.post("/v1/templates/balance", said, method="PUT")
    asked = {"account_id": account["id"], "template_key": "balance", "locale": "en-US"}
    seeds.can("POST /v1/messages", asked)
    seeds.can("GET /v1/messages")
    seeds.can("POST /v1/messages/batch", {"mode": "continue", "items": [asked]})
    press = {"kind": "print", "channel": "letter"}
    seeds.post("/v1/providers/press", press, method="PUT")
    seeds.can("POST /v1/print-batches", {"limit": 1})
    seeds.can("GET /v1/print-batches")
    batch = {"print_batch_id": seeds.post("/v1/print-batches", {"limit": 1})["id"]}
    seeds.can("GET /v1/print-batches/{print_batch_id}/content", **batch)
    seeds.can(
        "POST /v1/print-batches/{print_batch_id}/mailed", {"mailed_on": "2026-01-20"}, **batch
    )
    for rest in ("", "/content"):
        made = seeds.post("/v1/messages", asked, "message_id")["id"]
        seeds.can(f"GET /v1/messages/{{message_id}}{rest}", message_id=made)
    made = seeds.post("/v1/messages", asked, "message_id")["id"]
    told = {"provider": "sandbox", "message_id": made, "status": "opened",
            "at": "2026-01-20T08:00:00Z"}  # fmt: skip
    seeds.can("POST /v1/delivery-reports", told)
    policy = {"effective_from": "2026-01-01"}
    seeds.can("PUT /v1/contact-policies/{name}", policy, name="strict")
    seeds.post("/v1/contact-policies/kind", policy, method="PUT")
    seeds.can("GET /v1/contact-policies/{name}", name="kind")
    mail = {"kind": "http", "channel": "sms", "url": "https://sms.example.test/m"}
    seeds.post("/v1/providers/texts", mail, method="PUT")
    seeds.can("PUT /v1/providers/{name}", mail, name="texts")
    seeds.can("GET /v1/providers/{name}", name="texts")
    seeds.can("POST /v1/messages/{message_id}/cancel", {"reason": "agreed"}, message_id=made)


def add_keeping(seeds):
    """Somebody who owes nothing any more may be forgotten at once."""
    debtor = {"reference": "seed-forgotten", "name": "Cy Young", "phone": "+13125550177"}
    body = {"reference": "seed-kept", "currency": "USD", "debtor": debtor,
            "balance": {"principal_minor": 300_00}}  # fmt: skip
    account = seeds.post("/v1/accounts", body)
    own = f"/v1/accounts/{account['id']}"
    seeds.post(own, {"debtor": {"reference": "seed-other"}}, method="PATCH")
    at = {"person_id": account["debtor"]["id"]}
    seeds.can("POST /v1/persons/{person_id}/erase", {"reason": "asked"}, **at)
    seeds.can("GET /v1/persons/{person_id}/export", **at)
    hold, at = {"matter": "case 1", "from_on": "2026-02-01"}, {"account_id": account["id"]}
    of = "/v1/accounts/{account_id}/legal-holds"
    seeds.can(f"POST {of}", hold, **at)
    seeds.can(f"GET {of}", **at)
    made = seeds.post(f"{own}/legal-holds", hold, "legal_hold_id")["id"]
    path = f"POST {of}/{{legal_hold_id}}/release"
    seeds.can(path, {"reason": "over"}, **at, legal_hold_id=made)
    of = "/v1/accounts/{account_id}/evidence-files"
    seeds.can(f"POST {of}", {"for": "audit"}, **at)
    made = seeds.post(f"{own}/evidence-files", {"for": "audit"}, "evidence_file_id")["id"]
    for rest in ("", "/content", "/manifest"):
        seeds.can(f"GET {of}/{{evidence_file_id}}{rest}", **at, evidence_file_id=made)
    value = {"kind": "phone", "value": "+1 312 555 0178", "reason": "court"}
    made = seeds.post("/v1/suppressions", value, "suppression_id")["id"]
    seeds.can("POST /v1/suppressions", {**value, "value": "+1 312 555 0179"})
    seeds.can("GET /v1/suppressions")
    path = "DELETE /v1/suppressions/{suppression_id}"
    seeds.can(path, {"reason": "over"}, suppression_id=made)
    add_external_ids(seeds)


def add_external_ids(seeds):
    account = seeds.account()
    path = "/v1/external-ids/{system}/{kind}/{external_id}"
    for number, method in enumerate(("PUT", "GET", "DELETE")):
        at = {"system": "crm", "kind": "account", "external_id": f"seed-{number}"}
        named = {"id": account}
        if method != "PUT":
            seeds.post(path.format(**at), named, method="PUT")
        seeds.can(f"{method} {path}", named if method == "PUT" else None, **at)
    seeds.can("GET /v1/external-ids")
    seeds.ready["GET /v1/external-ids"]["query"] = {"id": account}


def add_imports(seeds):
    content = b"reference,account_reference,amount_minor,currency\n"
    sent = {"content": content, "params": {"kind": "payments"}}
    made = seeds.client.post("/v1/imports", **sent).json()["id"]
    seeds.can("POST /v1/imports")
    seeds.ready["POST /v1/imports"]["query"] = {"kind": "accounts"}
    seeds.can("GET /v1/imports")
    for rest in ("", "/rejects"):
        seeds.can(f"GET /v1/imports/{{import_id}}{rest}", import_id=made)
    seeds.can("POST /v1/imports/{import_id}/cancel", import_id=made)


def add_links(seeds):
    body = {"reference": "seed-linked", "currency": "USD", "debtor": {"reference": "seed-l"},
            "balance": {"principal_minor": 300_00}}  # fmt: skip
    account = seeds.post("/v1/accounts", body)
    at, portal = {"account_id": account["id"]}, "https://portal.example"
    link = {"person_id": account["debtor"]["id"], "purposes": ["view"], "verify": "code",
            "expires_at": "2026-02-28T00:00:00Z", "frame_ancestors": [portal]}  # fmt: skip
    seeds.can("POST /v1/accounts/{account_id}/links", link, **at)
    seeds.can("GET /v1/accounts/{account_id}/links", **at)
    for rest, said in (("sessions", {"origin": portal}), ("revoke", {"reason": "agreed"})):
        made = seeds.post(f"/v1/accounts/{account['id']}/links", link, "link_id")["id"]
        seeds.can(f"POST /v1/links/{{link_id}}/{rest}", said, link_id=made)
    seeds.can("GET /v1/links/{link_id}", link_id=made)


def add_parties(seeds):
    at = {"account_id": seeds.account()}
    own = "/v1/accounts/{account_id}/parties"
    path, said = own.format_map(at), {"name": "Ada"}
    added = seeds.post(path, {"role": "spouse", "person": said}, "party_id")
    seeds.can(f"POST {own}", {"role": "guarantor", "person_id": added["person_id"]}, **at)
    seeds.can(f"GET {own}", **at)
    end = {"on": "2030-01-01", "reason": "agreed"}
    seeds.can(f"POST {own}/{{party_id}}/end", end, **at, party_id=added["id"])
    twin = seeds.post(path, {"role": "executor", "person": said}, "party_id")
    same = {"into": added["person_id"], "reason": "agreed"}
    seeds.can("POST /v1/persons/{person_id}/merge", same, person_id=twin["person_id"])


def add_inbound(seeds):
    said = {"channel": "sms", "from": "+13125550100", "to": "+13125550111", "provider": "texts",
            "provider_id": "seed-1", "received_at": "2026-01-20T08:00:00Z"}  # fmt: skip
    seeds.can("POST /v1/inbound", {**said, "text": "STOP"})
    made = seeds.post("/v1/inbound", {**said, "provider_id": "seed-2", "text": "who is this?"})
    seeds.can("GET /v1/accounts/{account_id}/contacts", account_id=seeds.account())
    seeds.can("GET /v1/persons/{person_id}/timeline", person_id=seeds.known["person_id"][0])
    seeds.can("GET /v1/persons/{person_id}/contacts", person_id=seeds.known["person_id"][0])
    path = "POST /v1/contacts/{contact_id}/read"
    seeds.can(path, {"reason": "agreed"}, contact_id=made["contact_id"])


def add_worklists(seeds):
    """Accounts that nobody spoke about for a month: items that can be worked, one an act."""
    name = {"name": "desk"}
    body = {"reasons": {"no_contact": {"base": 50}}}
    seeds.post("/v1/worklists/desk", body, method="PUT")
    seeds.can("PUT /v1/worklists/{name}", body, **name)
    seeds.can("GET /v1/worklists")
    seeds.can("GET /v1/worklists/{name}", **name)
    seeds.can("GET /v1/worklists/{name}/items", **name)
    seeds.can("GET /v1/worklists/{name}/summary", **name)
    seeds.can("POST /v1/worklists/{name}/next", {}, **name)
    called = {"at": "2026-09-01T15:00:00Z", "time_zone": "UTC", "asked_for_by_person": False}
    why = {"reason": "agreed"}
    acts = {"claim": {}, "extend": {}, "release": {}, "complete": {"did": "other"}, "skip": why,
            "callback": called, "assign": {"actor": "ann", **why}}  # fmt: skip
    waiting = seeds.post("/v1/worklists/desk/items?limit=200", None, method="GET")["data"]
    for (act, said), item in zip(acts.items(), waiting[-len(acts) :], strict=True):
        if act == "extend":
            seeds.post(f"/v1/work-items/{item['id']}/claim", {})
        seeds.can(f"POST /v1/work-items/{{work_item_id}}/{act}", said, work_item_id=item["id"])
        seeds.known.setdefault("work_item_id", []).append(item["id"])
    lists = {"worklist": "collectors", "limit": 1}
    seeds.can("POST /v1/dialer-lists", lists)
    made = {"dialer_list_id": seeds.post("/v1/dialer-lists", lists, "dialer_list_id")["id"]}
    nothing = {"row_id": "dlr_01h455vb4pex5vsknk084sn02q", "reference": "c-1",
               "outcome": "no_answer", "started_at": "2026-02-09T15:00:00Z"}  # fmt: skip
    at = "/v1/dialer-lists/{dialer_list_id}"
    seeds.can(f"POST {at}/results", {"items": [nothing]}, **made)
    seeds.can(f"POST {at}/close", {}, **made)
    for rest in ("", "/rows.csv", "/summary"):
        seeds.can(f"GET {at}{rest}", **made)


def add_validation(seeds):
    account = {"account_id": seeds.account()}
    said = {"reference": "charge_off", "on": "2025-12-01", "amount_minor": 310_00,
            "interest_minor": 0, "fees_minor": 0, "payments_minor": 0, "credits_minor": 0,
            "original_creditor": "agreed"}  # fmt: skip
    seeds.can("POST /v1/accounts/{account_id}/itemizations", said, **account)
    seeds.can("GET /v1/accounts/{account_id}/validation", **account)


def add_escalations(seeds):
    account = {"account_id": seeds.account()}
    asked = {"to": "legal", "reason": "agreed"}
    at = "/v1/accounts/{account_id}/escalations"
    seeds.can(f"POST {at}", asked, **account)
    seeds.can(f"POST {at}/preview", asked, **account)
    seeds.can("GET /v1/escalations")
    own = f"/v1/accounts/{account['account_id']}"
    file = seeds.post(f"{own}/evidence-files", {"for": "legal"})["id"]
    counsel = {"role": "other", "person": {"name": "Lex & Co"}}
    party = seeds.post(f"{own}/parties", counsel)["id"]
    attorney = {"party_id": party, "evidence_file_id": file}
    court = {"court": "Travis County", "case_number": "C-1", "on": "2026-02-10"}
    steps = {"assign": {"assigned_to": "ann"}, "answer": {"note": "yes"},
             "return": {"note": "no"}, "send_to_attorney": attorney, "filed": court,
             "close": {"outcome": "paid"}}  # fmt: skip
    for step, said in steps.items():
        made = seeds.post(f"{own}/escalations", asked, "escalation_id")["id"]
        if step == "filed":
            seeds.post(f"/v1/escalations/{made}/send_to_attorney", attorney)
        seeds.can(f"POST /v1/escalations/{{escalation_id}}/{step}", said, escalation_id=made)
    seeds.can("GET /v1/escalations/{escalation_id}", escalation_id=made)
