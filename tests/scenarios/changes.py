"""What happens to a plan after it was made: charges, pauses, re-ages and other changes."""

from datetime import date

from tests.scenarios.acts import frequency
from tests.scenarios.client import NotPlayable, Refused
from tests.scenarios.life import Life, Step, minor, understood
from tests.scenarios.payments import pay


async def run_daily_job(life: Life, step: Step) -> None:
    """A sweep of the business date, waited for."""
    understood(step, {"business_date", "date"}, what="run_daily_job")
    on = await life.take_up(step)
    run = await life.api.post("/v1/sweeps", {"business_date": on.isoformat()})
    for _ in range(200):
        if run["status"] != "running":
            break
        run = await life.api.get(f"/v1/sweeps/{run['id']}")
    if run["status"] != "done":
        raise AssertionError(f"the sweep of {on} ended {run['status']}")
    life.judge()


# --- Charges -------------------------------------------------------------------------------


async def add_charge(life: Life, step: Step) -> None:
    said = {"kind", "charge", "due_date", "amount", "date", "business_date"}
    understood(step, said, what="add_charge")
    await life.take_up(step)
    named = str(step.get("kind") or step.get("charge") or "").lower()
    kind = "penalty" if "penalty" in named or "nsf" in named else "fee"
    if not named:
        raise NotPlayable("add_charge without a kind")
    made = await life.api.post(
        f"/v1/accounts/{life.account_id}/charges",
        {
            "kind": kind,
            "amount_minor": minor(step["amount"]),
            "due_on": step.get("due_date"),
            "effective_on": life.dated(step, "date"),
            "plan_id": life.plan_id,
        },
    )
    due_on = date.fromisoformat(step.get("due_date") or str(life.today))
    life.charges.append((made["id"], kind, due_on, minor(step["amount"])))
    life.judge()


async def charge_adjustment(life: Life, step: Step) -> None:
    """A credit for a charge. It moves like money and counts as paid, so money it is here too.

    The case's own system pays with it whatever is due first, and so does a goodwill payment;
    an adjustment of ours would lower what is due instead, which is what `waive` means.
    """
    said = {"kind", "charge", "due_date", "amount", "date", "of", "business_date", "external_id"}
    understood(step, said, what=step["op"])
    await life.take_up(step)
    _charge(life, step)
    on = date.fromisoformat(step["date"]) if step.get("date") else life.today
    await pay(life, "CHARGE_ADJUSTMENT", minor(step["amount"]), on)


async def waive(life: Life, step: Step) -> None:
    """What a charge still asks for is asked no more."""
    said = {"kind", "charge", "due_date", "amount", "date", "of", "business_date"}
    understood(step, said, what=step["op"])
    await life.take_up(step)
    charge_id, kind, _, charged = _charge(life, step)
    body = {
        "component": "penalties" if kind == "penalty" else "fees",
        "amount_minor": minor(step["amount"]) if step.get("amount") else charged,
        "reason": "waived",
        "charge_id": charge_id,
        "effective_on": life.dated(step, "date"),
    }
    where = f"/v1/accounts/{life.account_id}/adjustments"
    try:
        await life.api.post(where, body)
    except Refused as refusal:  # what was paid of it stays paid: the rest is waived
        rest = refusal.members.get("limit_minor")
        if step.get("amount") or not rest:
            raise
        await life.api.post(where, {**body, "amount_minor": rest})
    life.judge()


def _charge(life: Life, step: Step) -> tuple[str, str, date, int]:
    """The newest charge that fits what the step says of it."""
    named = str(step.get("kind") or step.get("charge") or "").lower()
    found = life.charges
    if named:
        kind = "penalty" if "penalty" in named or "nsf" in named else "fee"
        found = [one for one in found if one[1] == kind]
    if step.get("due_date"):
        found = [one for one in found if one[2].isoformat() == step["due_date"]]
    of = step.get("of") or {}
    if not found or (of and not set(of) <= {"nth"}):
        raise NotPlayable(f"{step['op']} of a charge this case does not have")
    return found[int(of["nth"]) - 1] if of else found[-1]


# --- Pauses --------------------------------------------------------------------------------


async def pause(life: Life, step: Step) -> None:
    understood(step, {"start", "end", "business_date"}, what="pause")
    await life.take_up(step)
    body = {"starts_on": step["start"], "ends_on": step["end"], "reason": "agreed"}
    made = await life.api.post(f"/v1/plans/{life.plan_id}/pauses", body)
    dates = date.fromisoformat(step["start"]), date.fromisoformat(step["end"])
    life.pauses[made["id"]] = dates


async def resume(life: Life, step: Step) -> None:
    understood(step, {"start", "business_date"}, what="resume")
    await life.take_up(step)
    on = date.fromisoformat(step["start"])
    standing = [pause_id for pause_id, (start, end) in life.pauses.items() if start <= on <= end]
    if not standing:
        raise NotPlayable("resume without a pause")
    where = f"/v1/plans/{life.plan_id}/pauses/{standing[-1]}/resume"
    await life.api.post(where, {"effective_on": life.dated(step, "start")})
    life.pauses[standing[-1]] = (life.pauses[standing[-1]][0], on)


# --- Schedules -----------------------------------------------------------------------------


async def re_age(life: Life, step: Step) -> None:
    said = {"business_date", "frequency_number", "frequency_type", "start_date", "installments"}
    understood(step, said, what="re_age")
    on = await life.take_up(step)
    before = await life.plan({})
    made = await life.api.post(
        f"/v1/plans/{life.plan_id}/re-ages",
        {
            "kind": "standard",
            "first_due_on": step["start_date"],
            "installment_count": int(step["installments"]),
            "frequency": frequency(step["frequency_number"], step["frequency_type"]),
            "effective_on": on.isoformat(),
            "reason": "agreed",
            "documented_ability": True,
        },
    )
    life.rows_before = {row["id"] for row in before["installments"]}
    life.re_ages.append(made["id"])
    life.judge()


async def undo_re_age(life: Life, step: Step) -> None:
    understood(step, {"business_date"}, what="undo_re_age")
    await life.take_up(step)
    if not life.re_ages:
        raise NotPlayable("undo_re_age without a re-age")
    await life.api.post(f"/v1/plans/{life.plan_id}/re-ages/{life.re_ages.pop()}/undo", {})
    life.judge()


async def re_amortize(life: Life, step: Step) -> None:
    understood(step, {"business_date"}, what="re_amortize")
    await life.take_up(step)
    await life.api.post(f"/v1/plans/{life.plan_id}/reamortizations", {"reason": "agreed"})
    life.judge()


async def undo_re_amortize(life: Life, step: Step) -> None:
    """The newest change of the schedule is taken back."""
    understood(step, {"business_date"}, what="undo_re_amortize")
    await life.take_up(step)
    revision = (await life.plan({}))["revision"]
    await life.api.post(f"/v1/plans/{life.plan_id}/revisions/{revision}/undo", {})
    life.judge()


async def reschedule(life: Life, step: Step) -> None:
    said = {"submitted_on", "from_due_date", "adjusted_due_date", "extra_installments"}
    understood(step, {*said, "business_date"}, what="reschedule")
    await life.take_up(step)
    extra = step.get("extra_installments")
    await life.api.post(
        f"/v1/plans/{life.plan_id}/reschedules",
        {
            "from_due_on": step["from_due_date"],
            "to_due_on": step.get("adjusted_due_date") or step["from_due_date"],
            "extra_installments": int(extra) if extra else None,
            "effective_on": life.dated(step, "submitted_on"),
            "reason": "agreed",
        },
    )
    life.judge()
