"""Rows that the books may not hold are refused before anything is sent."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.domain.money import Component
from app.storage.books.rules import RULES, BrokenRule, hold
from app.storage.books.statement import PARTS

CELLS = [f"{component}_minor" for component in Component]
NOTHING_PAID = {f"paid_{cell}": 0 for cell in CELLS}
PAYMENT = {"status": "posted", "unapplied_minor": 100, "generation": 1}
PLAN = {
    "status": "active", "standing": "due", "total_minor": 1200, "paid_minor": 0,
    "outstanding_minor": 1200, "next_due_minor": 100, "revision": 1,
}  # fmt: skip
ROWS = {
    "handles": {"kind": "payment"},
    "facts": {"kind": "payment", "sequence": 1},
    "plans": {**PLAN, "kind": "installment"},
    "plan_changes": PLAN,
    "installments": {
        "kind": "installment", **dict.fromkeys(CELLS, 0), "principal_minor": 100, **NOTHING_PAID,
        "paid_principal_minor": 100, "paid_in_advance_minor": 60, "paid_late_minor": 40,
        "number": 1,
    },
    "payments": {
        **PAYMENT, "method": "ach", "kind": "repayment", "funded_by": "borrower", "future": None,
        "component": None, "amount_minor": 100,
    },
    "payment_changes": PAYMENT,
    "postings": {"kind": "payment", "sequence": 1, "balance_after_minor": 0},
    "allocations": {
        "component": "unapplied", "cell": None, "amount_minor": 1, "generation": 1, "line": 1,
    },
    "events": {"sequence": 1, "type": "payment.posted"},
    "standings": {"standing": "due"},
    "accounts": {
        "status": "open", **dict.fromkeys(CELLS, 0), "unapplied_minor": 0, "fact_sequence": 0,
        "posting_sequence": 0, "event_sequence": 0, "replays": 0,
    },
}  # fmt: skip
#: What breaks a rule of more than one column, or none of a word or a least value.
MORE = [
    ("events", {"type": "posted"}),
    ("events", {"type": ".posted"}),
    ("installments", {"paid_late_minor": 41}),
    ("installments", {"paid_principal_minor": 101}),
    ("payments", {"unapplied_minor": 101}),
]
WORDS = ("status", "kind", "method", "funded_by", "future", "component", "standing", "cell")
NOT_ABOVE_ZERO = ("sequence", "revision", "number", "amount_minor", "generation", "line")
BROKEN = [
    *((part, {name: "nonsense"}) for part, row in ROWS.items() for name in row if name in WORDS),
    *((part, {n: -1}) for part, row in ROWS.items() for n, v in row.items() if isinstance(v, int)
      and not (part == "installments" and n in CELLS)),
    *((part, {n: 0}) for part, row in ROWS.items() for n in row if n in NOT_ABOVE_ZERO
      and not (part.startswith("payment") and n == "generation")),
    *MORE,
]  # fmt: skip


def test_each_part_of_a_posting_has_rules_and_a_row_that_keeps_to_them():
    beside = {"revisions", "settlements", "settlement_changes"}  # held by the database itself
    beside |= {"reviews"}  # a date

    assert RULES.keys() == ROWS.keys() == {part.parameter for part in PARTS} - beside
    hold({part: [row] for part, row in ROWS.items()})


@pytest.mark.parametrize(("part", "change"), BROKEN, ids=str)
def test_a_row_that_breaks_a_rule_is_named(part, change):
    with pytest.raises(BrokenRule, match=f"^{part}: "):
        hold({part: [ROWS[part], {**ROWS[part], **change}]})


def test_every_rule_is_broken_by_some_row():
    unbroken = {(part, name) for part, rules in RULES.items() for name in rules}
    for part, change in BROKEN:
        row = {**ROWS[part], **change}
        unbroken -= {(part, name) for name, kept in RULES[part].items() if not kept(row)}

    assert unbroken == set()


@pytest.mark.one_server("rows without a tenant's own go by a copy, whose refusal has no class")
async def test_the_ledger_itself_refuses_a_row_that_does_not_add_up(owner):
    ask = text("""
        INSERT INTO posting SELECT (jsonb_populate_record(NULL::posting,
            jsonb_object_agg(attname, CASE
                WHEN attname = 'amount_minor' THEN '2'
                WHEN atttypid = 'uuid'::regtype THEN gen_random_uuid()::text
                WHEN attname ~ '(_on|_at|_date)$' THEN '2026-01-01' ELSE '1' END))).*
        FROM pg_attribute WHERE attrelid = 'posting'::regclass AND attnum > 0""")
    with pytest.raises(IntegrityError, match="ck_posting_sums"):
        async with owner.transaction() as tx:
            await tx.execute(ask)
