"""What happens to a plan after it was made: charges, pauses, re-ages and other changes."""

from datetime import date

from tests.scenarios import acts
from tests.scenarios.acts import frequency
from tests.scenarios.client import Document, Refused, Unknown
from tests.scenarios.life import Entry, Life, Step, minor, understood
from tests.scenarios.payments import pay
from tests.scenarios.schedules import expect_preview


async def run_daily_job(life: Life, step: Step) -> None:
    """A sweep of the business date, waited for."""
    understood(step, {"business_date", "date"}, what="run_daily_job")
    on = await life.take_up(step)
    if step.get("date"):
        on = date.fromisoformat(step["date"])
    run = await life.api.post("/v1/sweeps", {"business_date": on.isoformat()})
    for _ in range(200):
        if run["status"] != "running":
            break
        run = await life.api.get(f"/v1/sweeps/{run['id']}")
    if run["status"] != "done":
        raise AssertionError(f"the sweep of {on} ended {run['status']}")
    life.judge()


async def disburse(life: Life, step: Step) -> None:
    """The plan begins, with what was charged before there was one."""
    await acts.disburse(life, step)
    waiting, life.waiting = life.waiting, []
    for one in waiting:
        await add_charge(life, {k: v for k, v in one.items() if k not in {"date", "business_date"}})


# --- Charges -------------------------------------------------------------------------------


async def add_charge(life: Life, step: Step) -> None:
    said = {"kind", "charge", "due_date", "charge_due", "amount", "date", "business_date"}
    understood(step, {*said, "external_id"}, what="add_charge")
    await life.take_up(step)
    if not life.plan_id:
        life.waiting.append(step)
        return
    kind, due = _kind(step), step.get("due_date") or step.get("charge_due")
    made = await life.api.post(
        f"/v1/accounts/{life.account_id}/charges",
        {
            "kind": kind,
            "amount_minor": minor(step["amount"]),
            "due_on": due,
            "effective_on": life.dated(step, "date"),
            "plan_id": life.plan_id,
        },
    )
    due_on = date.fromisoformat(due or str(life.today))
    life.charges.append((made["id"], kind, due_on, minor(step["amount"])))
    life.judge()


def _kind(step: Step) -> str:
    """What a charge is here: a penalty, or a fee whatever it is called."""
    named = str(step.get("kind") or step.get("charge") or "").lower()
    if not named:
        raise Unknown(f"{step['op']} without a kind")
    return "penalty" if any(word in named for word in _PENALTIES) else "fee"


_PENALTIES = ("penalty", "nsf", "late")


async def charge_adjustment(life: Life, step: Step) -> None:
    """A credit for a charge. It moves like money and counts as paid, so money it is here too.

    The case's own system pays with it whatever is due first, and so does a goodwill payment;
    an adjustment of ours would lower what is due instead, which is what `waive` means.
    """
    understood(step, _OF_A_CHARGE, what=step["op"])
    await life.take_up(step)
    _charge(life, step)
    on = date.fromisoformat(step["date"]) if step.get("date") else life.today
    await pay(life, "CHARGE_ADJUSTMENT", minor(step["amount"]), on)


async def waive(life: Life, step: Step) -> None:
    """What a charge still asks for is asked no more."""
    understood(step, _OF_A_CHARGE, what=step["op"])
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
        body["amount_minor"] = rest
        await life.api.post(where, body)
    on = date.fromisoformat(step["date"]) if step.get("date") else life.today
    life.entries.append(Entry("Waive loan charges", on, int(body["amount_minor"])))
    life.judge()


async def reverse_charge(life: Life, step: Step) -> None:
    """It is as if it had never been charged."""
    understood(step, _OF_A_CHARGE - {"date"}, what=step["op"])
    await life.take_up(step)
    charge_id, *_ = _charge(life, step)
    await life.api.post(f"/v1/charges/{charge_id}/reversals", {"reason": "error"})
    life.changed = True
    life.judge()


_OF_A_CHARGE = {
    "kind", "charge", "due_date", "charge_due", "amount", "date", "of", "business_date",
    "external_id", "nth", "method",
}  # fmt: skip


def _charge(life: Life, step: Step) -> tuple[str, str, date, int]:
    """The newest charge that fits what the step says of it, or the n-th of those.

    It may say so itself or under `of`: its kind, its due date (`charge_due`), its number.
    """
    of = step.get("of") or {}
    of = {"kind": of} if isinstance(of, str) else of
    known = {"nth", "kind", "charge", "type", "due_date", "charge_due", "amount", "last"}
    understood(of, known, what=f"{step['op']}.of")
    said = {"op": step["op"]} | {k: v for k, v in step.items() if k != "amount"} | dict(of)
    found = life.charges
    said.setdefault("kind", said.get("type"))
    if said.get("kind") or said.get("charge"):
        found = [one for one in found if one[1] == _kind(said)]
    due = said.get("charge_due") or said.get("due_date")
    if due:
        found = [one for one in found if one[2].isoformat() == due]
    if said.get("amount"):
        found = [one for one in found if one[3] == minor(said["amount"])]
    nth = int(said.get("nth") or len(found))
    if not 0 < nth <= len(found):
        raise Unknown(f"{step['op']} of a charge this case does not have")
    return found[nth - 1]


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
        raise Unknown("resume without a pause")
    where = f"/v1/plans/{life.plan_id}/pauses/{standing[-1]}/resume"
    await life.api.post(where, {"effective_on": life.dated(step, "start")})
    life.pauses[standing[-1]] = (life.pauses[standing[-1]][0], on)


# --- Schedules -----------------------------------------------------------------------------


async def re_age(life: Life, step: Step) -> None:
    on = await _re_aged_on(life, step)
    before = await life.plan({})
    made = await life.api.post(f"/v1/plans/{life.plan_id}/re-ages", _re_aging(step, on))
    life.re_ages.append(made["id"])
    await _changed(life, "Re-age", before, made["id"])


async def re_age_preview(life: Life, step: Step) -> None:
    """What a re-age would make, for the expectations that follow; or for its own rows."""
    on = await _re_aged_on(life, step)
    life.rows_before = {row["id"] for row in (await life.plan({}))["installments"]}
    where = f"/v1/plans/{life.plan_id}/re-ages/preview"
    life.preview = (await life.api.post(where, _re_aging(step, on)))["plan"]
    shown = {name: step[name] for name in ("rows", "periods") if name in step}
    if shown:
        await expect_preview(life, {"op": step["op"], **shown})


async def _re_aged_on(life: Life, step: Step) -> date:
    said = {"business_date", "frequency_number", "frequency_type", "start_date", "installments"}
    shown = {"rows", "periods"} if step["op"] == "re_age_preview" else set()
    understood(step, {*said, "frequency", "kind", "reason", "date", *shown}, what=step["op"])
    on = await life.take_up(step)
    return date.fromisoformat(step["date"]) if step.get("date") else on


def _re_aging(step: Step, on: date) -> dict[str, object]:
    return {
        "kind": step.get("kind") or "standard",
        "first_due_on": step["start_date"],
        "installment_count": int(step["installments"]),
        "frequency": step.get("frequency")
        or frequency(step["frequency_number"], step["frequency_type"]),
        "effective_on": on.isoformat(),
        "reason": step.get("reason") or "agreed",
        "documented_ability": True,
    }


async def _changed(life: Life, called: str, before: Document, made: object) -> None:
    """Remember a change of the schedule: the rows it made, and the principal it moved."""
    after = await life.plan({})
    kept = {row["id"]: row["principal_minor"] for row in before["installments"]}
    life.rows_before = set(kept)
    now = {row["id"]: row["principal_minor"] for row in after["installments"]}
    moved = sum(max(0, was - now.get(row, 0)) for row, was in kept.items())
    life.entries.append(Entry(called, life.today, moved, str(made)))
    life.judge()


async def undo_re_age(life: Life, step: Step) -> None:
    understood(step, {"business_date"}, what="undo_re_age")
    await life.take_up(step)
    if not life.re_ages:
        raise Unknown("undo_re_age without a re-age")
    undone = life.re_ages.pop()
    await life.api.post(f"/v1/plans/{life.plan_id}/re-ages/{undone}/undo", {})
    _undone(life, undone)


async def re_amortize(life: Life, step: Step) -> None:
    understood(step, {"business_date", "date", "reason"}, what="re_amortize")
    await life.take_up(step)
    before = await life.plan({})
    body = {"reason": step.get("reason") or "agreed", "effective_on": life.dated(step, "date")}
    made = await life.api.post(f"/v1/plans/{life.plan_id}/reamortizations", body)
    await _changed(life, "Re-amortize", before, made["revision"])


async def undo_re_amortize(life: Life, step: Step) -> None:
    """The newest change of the schedule is taken back."""
    understood(step, {"business_date"}, what=step["op"])
    await life.take_up(step)
    revision = (await life.plan({}))["revision"]
    await life.api.post(f"/v1/plans/{life.plan_id}/revisions/{revision}/undo", {})
    _undone(life, str(revision))


def _undone(life: Life, made: str) -> None:
    for entry in life.entries:
        entry.undone |= entry.id == made
    life.judge()


async def reschedule(life: Life, step: Step) -> None:
    said = {"submitted_on", "from_due_date", "adjusted_due_date", "extra_installments", "reason"}
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
