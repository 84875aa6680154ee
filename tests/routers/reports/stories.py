"""What reports are asked about: accounts with plans, late and not."""


async def report(desk, name, **params):
    return await desk.get(f"/v1/reports/{name}", **params)


async def three(desk, creditor="C-1"):
    """900.00 current, 450.00 five days late with 150.00 overdue, 1,200.00 placed late."""
    await desk.at("2026-01-10")
    theirs = {"creditor": {"reference": creditor, "name": "C"}}
    current = await desk.account(900_00, past_due_minor=0, **theirs)
    late = await desk.account(450_00, past_due_minor=0, **theirs)
    terms = {"installment_count": 3, "frequency": {"every": 1, "unit": "month"},
             "first_due_on": "2026-02-10"}  # fmt: skip
    plan = await desk.plan(late, **terms)
    old = await desk.account(1_200_00, delinquent_since_on="2026-01-06")
    await desk.plan(current, **{**terms, "first_due_on": "2026-06-10"})
    return current, late, plan, old


def cells(found, *names):
    """By the report's own groups: these figures."""
    return {
        tuple(row[name] for name in found["by"]): tuple(row[name] for name in names)
        for row in found["rows"]
    }
