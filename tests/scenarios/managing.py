"""Cases of reports and spreadsheets, asked of the domain by the name of their metric."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from app.domain.reports import aging, books, cohorts, efficiency, forecast, kept, people, rolls
from app.domain.reports.periods import resolve
from app.domain.reports.shares import share_bps
from app.domain.schedule.dates import Holidays
from app.domain.spreadsheets import cells, headings
from tests.scenarios.client import NotPlayable
from tests.scenarios.contact_facts import Input, on_day
from tests.scenarios.contacting import differ
from tests.scenarios.life import Life, Step
from tests.scenarios.report_figures import days_to_pay, markov


def _on(text: str) -> date:
    return date.fromisoformat(text)


def _fields(value: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def _span(said: Input) -> dict[str, date]:
    return {"from_on": _on(said["from"]), "to_on": _on(said["to"]), "as_of": _on(said["as_of"])}


def _share(said: Input) -> Any:
    return {"share_bps": share_bps(said["numerator"], said["denominator"])}


def _aging_by_account(said: Input) -> Any:
    rows = aging.by_account(aging.Position(**one) for one in said["accounts"])
    totals: dict[str, int] = {}
    for one in rows:
        totals[one.currency] = totals.get(one.currency, 0) + one.balance_minor
    names = ("currency", "bucket", "accounts", "balance_minor", "overdue_minor")
    return {"rows": [_fields(one, *names) for one in rows], "total_minor": totals}


def _aging_by_item(said: Input) -> Any:
    items = [
        aging.Item(due_on=_on(one["due_on"]), open_minor=one["open_minor"]) for one in said["items"]
    ]
    found = aging.by_item(items, _on(said["as_of"]))
    return {"buckets": found, "total_minor": sum(found.values())}


def _roll_matrix(said: Input) -> Any:
    rows = rolls.roll_matrix(
        [rolls.Standing(**one) for one in said["opening"]],
        [rolls.Standing(**one) for one in said["closing"]],
    )
    rates = ("worse_bps", "same_bps", "better_bps", "exit_bps", "to_next_bps")
    told = []
    for row in rows:
        to = {state: _fields(cell, "accounts", "minor", "bps") for state, cell in row.to.items()}
        bare = {"from": row.from_, **_fields(row, "accounts", "opening_minor"), "to": to}
        told.append(bare if row.from_ == rolls.NEW else bare | _fields(row, *rates))
    return {"rows": told}


def _cure_rate(said: Input) -> Any:
    if "delinquent_start" in said:  # the older file's: counts alone
        late, paid = said["delinquent_start"], said["current_at_end_by_payment"]
        return {
            "cure_rate": _fourths(paid, late),
            "cure_rate_incl_reage": _fourths(paid + said["current_by_reage"], late),
        }
    found = rolls.cures(
        rolls.Course(**{**one, "cause": one.get("cause") and rolls.Cause(one["cause"])})
        for one in said["accounts"]
    )
    return {name: getattr(found, name) for name in rolls.Cures.__struct_fields__}


def _fourths(numerator: float, denominator: float) -> str:
    bps = share_bps(round(numerator * 100), round(denominator * 100))
    return f"{(bps or 0) / 10_000:.4f}"


def _receipts(said: Sequence[Input]) -> tuple[kept.Receipt, ...]:
    return tuple(
        kept.Receipt(
            on=_on(one["on"]), minor=one["minor"], entered_on=on_day(one.get("entered_on")),
            returned_on=on_day(one.get("returned_on")),
        )
        for one in said
    )  # fmt: skip


def _kept_promises(said: Input) -> Any:
    found = kept.kept_promises(
        [
            kept.Promise(
                made_on=on_day(one.get("made_on")), amount_minor=one["amount_minor"],
                due_on=_on(one["due_on"]), grace_days=one["grace_days"],
                threshold_bps=one["threshold_bps"], receipts=_receipts(one["payments"]),
            )
            for one in said["promises"]
        ],
        **_span(said), known_on=_on(said["known_on"]),
    )  # fmt: skip
    return _fields(
        found, "kept", "partial", "broken", "open", "judged", "kept_bps", "promised_minor",
        "received_minor", "kept_amount_bps",
    )  # fmt: skip


def _kept_installments(said: Input) -> Any:
    found = kept.kept_installments(
        [
            kept.Due(
                due_on=_on(one["due_on"]), amount_minor=one["amount_minor"],
                grace_days=one["grace_days"], paid=_receipts(one["paid"]),
                voided_on=on_day(one.get("voided_on")), plan_active=one.get("plan_active", True),
            )
            for one in said["installments"]
        ],
        **_span(said),
    )  # fmt: skip
    return _fields(
        found, "kept", "late", "missed", "waiting", "judged", "kept_bps", "due_minor",
        "paid_in_time_minor", "kept_amount_bps",
    )  # fmt: skip


def _first_payment_default(said: Input) -> Any:
    found = kept.first_payment_defaults(
        [
            kept.Opened(
                opened_on=_on(plan["opened_on"]),
                grace_days=plan["grace_days"],
                installments=tuple(
                    kept.FirstRow(
                        due_on=_on(row["due_on"]),
                        amount_minor=row["amount_minor"],
                        paid_on=on_day(row.get("paid_on")),
                    )
                    for row in plan["rows"]
                ),
            )
            for plan in said["plans"]
        ],
        **_span(said),
    )
    return _fields(
        found, "plans", "immature", "missed_first", "fpd_bps", "judged_30", "fpd30_bps"
    )  # fmt: skip


def _cash(said: Sequence[Input]) -> tuple[cohorts.Cash, ...]:
    return tuple(cohorts.Cash(on=_on(one["on"]), minor=one["minor"]) for one in said)


def _vintage(said: Input) -> Any:
    plans = [
        cohorts.Member(
            opened_on=_on(one["opened_on"]), total_minor=one["total_minor"],
            payments=_cash(one["payments"]), first_missed_on=on_day(one.get("first_missed_on")),
            broken_on=on_day(one.get("broken_on")), completed_on=on_day(one.get("completed_on")),
        )
        for one in said["plans"]
    ]  # fmt: skip
    points = cohorts.vintage(plans, _on(said["as_of"]))
    names = cohorts.VintagePoint.__struct_fields__
    return {
        "plans": len(plans), "total_minor": sum(one.total_minor for one in plans),
        "points": [_fields(one, *names) for one in points],
    }  # fmt: skip


def _survival(said: Input) -> Any:
    plans = [cohorts.Observed(**one) for one in said["plans"]]
    found = {str(day): cohorts.survival_bps(plans, day) for day in said["at_days"]}
    return {"survival_bps": found}


def _liquidation(said: Input) -> Any:
    accounts = [
        cohorts.Placed(
            placed_on=_on(one["placed_on"]), placed_minor=one["placed_minor"],
            cash=_cash(one["cash"]),
        )
        for one in said["accounts"]
    ]  # fmt: skip
    points = cohorts.liquidation(accounts, _on(said["as_of"]))
    names = ("month", "gross_minor", "returned_minor", "net_minor", "liquidation_bps")
    return {
        "placed_minor": sum(one.placed_minor for one in accounts),
        "points": [_fields(one, *names) for one in points],
    }


def _recovery(said: Input) -> Any:
    minor = cohorts.recovered_minor(_cash(said["cash"]), _on(said["charged_off_on"]))
    return {
        "recovered_minor": minor, "recovery_bps": share_bps(minor, said["charged_off_minor"]),
    }  # fmt: skip


def _recovery_rate(said: Input) -> Any:
    return {"recovery_rate": _fourths(float(said["collected"]), float(said["outstanding"]))}


def _kept_promise_rate(said: Input) -> Any:
    due, whole = said["promises_due"], said["kept"]
    return {
        "kept_rate_count": _fourths(whole, due),
        "kept_or_partial": _fourths(whole + said["partial"], due),
    }


def _cei(said: Input) -> Any:
    if "beginning_receivables" in said:
        found = efficiency.cei_bps(
            beginning_minor=int(said["beginning_receivables"]),
            additions_minor=int(said["credit_sales_period"]), months=said.get("months", 1),
            ending_minor=int(said["ending_total"]),
            ending_current_minor=int(said["ending_current"]),
        )  # fmt: skip
        return {"cei": f"{(found or 0) / 100:.2f}"}
    return {"cei_bps": efficiency.cei_bps(**said)}


def _best_dso(said: Input) -> Any:
    found = efficiency.sales_outstanding(
        ending_minor=0, ending_current_minor=int(said["current_ar"]),
        additions_minor=int(said["credit_sales"]), days=said["days"],
    )  # fmt: skip
    return {"best_dso": f"{(found.best_dso_tenth_days or 0) / 10:.1f}"}


def _dso(said: Input) -> Any:
    found = efficiency.sales_outstanding(**said)
    return _fields(found, "dso_tenth_days", "best_dso_tenth_days", "add_tenth_days")


def _countback(said: Input) -> Any:
    months = [efficiency.Month(**one) for one in said["months_newest_first"]]
    found = efficiency.countback_tenth_days(said["ending_minor"], months)
    return {"countback_tenth_days": found}


def _flat(said: Input) -> Any:
    rows = [
        forecast.Open(due_on=_on(one["due_on"]), open_minor=one["open_minor"], p_bps=one["p_bps"])
        for one in said["installments"]
    ]
    return {"expected_minor": forecast.flat(rows, _on(said["as_of"]))}


def _mixed_forecast(said: Input) -> Any:
    """A month's money is mixed of the buckets, each with its own share that is paid."""
    found = {}
    for month in said["scheduled"]:
        rows = [
            forecast.Open(
                due_on=_on(f"{month['month']}-01"),
                open_minor=int(Fraction(month["due"]) * 100 * Fraction(said["mix"][bucket])),
                p_bps=int(Fraction(p) * 10_000),
            )
            for bucket, p in said["p_pay_by_bucket"].items()
        ]
        (minor,) = forecast.flat(rows, _on(f"{month['month']}-01")).values()
        found[month["month"]] = f"{minor / 100:.2f}"
    return found


def _accuracy(said: Input) -> Any:
    found = forecast.accuracy(said["actual_minor"], said["forecast_minor"])
    return _fields(found, "absolute_error_minor", "wape_bps", "bias_bps")


def _attribution(said: Input) -> Any:
    found = people.attributed_minor(people.Collected(**one) for one in said["payments"])
    return {"collected_minor": found, "total_minor": sum(found.values())}


def _target(said: Input) -> Any:
    found = people.attainment(
        **_span(said), holidays=Holidays.of(map(_on, said["holidays"])),
        actual_minor=said["actual_minor"], target_minor=said["target_minor"],
    )  # fmt: skip
    return _fields(
        found, "business_days", "elapsed_business_days", "attainment_bps", "projected_minor"
    )  # fmt: skip


def _concessions(said: Input) -> Any:
    return _fields(people.concessions(**said), "conceded_minor", "concession_bps")


def _postings(said: Input) -> list[books.Posted]:
    return [
        books.Posted(
            kind=one["kind"], effective_on=_on(one["effective_on"]),
            business_date=_on(one["business_date"]), amount_minor=one["amount_minor"],
        )
        for one in said["postings"]
    ]  # fmt: skip


def _basis(said: Input) -> Any:
    found = books.balance_minor(
        _postings(said), books.Basis(said["basis"]), as_of=_on(said["as_of"]),
        known_on=_on(said["known_on"]),
    )  # fmt: skip
    return {"balance_minor": found}


def _flow(said: Input) -> Any:
    basis = books.Basis(said.get("basis") or "booked")
    found = books.flow(
        _postings(said), from_on=_on(said["from"]), to_on=_on(said["to"]), basis=basis
    )
    return _fields(found, "opening_minor", "by_kind_minor", "closing_minor", "reconciles")


def _period(said: Input) -> Any:
    found = resolve(
        said["period"], _on(said["business_date"]),
        fiscal_year_starts_in=said["fiscal_year_starts_in"],
    )  # fmt: skip
    to = found.to_on.isoformat()
    return {
        "from": found.from_on.isoformat(), "to": to, "as_of": to,
        "known_on": found.known_on.isoformat(),
    }  # fmt: skip


def _amount(said: Input) -> Any:
    found = cells.read_amount(said["cell"], said["currency_exponent"], said["decimal_separator"])
    return {"amount_minor": found.amount_minor, "refused": found.refused}


def _reference(said: Input) -> Any:
    found = cells.read_reference(said["cell"])
    return {"reference": found.reference, "note": found.note}


def _day(said: Input) -> Any:
    cell = said["cell"]
    if isinstance(cell, dict):
        cell = cells.Serial(days=cell["serial"], epoch_1904=cell["epoch_1904"])
    found = cells.read_day(cell, said["format"])
    return {"date": found.on and found.on.isoformat(), "refused": found.refused}


def _column_mapping(said: Input) -> Any:
    found = headings.map_columns(said["headings"])
    chosen = {name: {"ambiguous": list(several)} for name, several in found.ambiguous.items()}
    return {
        "mapping": dict(found.columns) | chosen, "missing": list(found.missing),
        "unused": list(found.unused),
    }  # fmt: skip


def _written_text(said: Input) -> Any:
    return _fields(cells.written(said["text"]), "cell_type", "value", "formula")


METRICS: Mapping[str, Callable[[Input], Any]] = {
    "share": _share, "aging_by_account": _aging_by_account, "aging_by_item": _aging_by_item,
    "roll_matrix": _roll_matrix, "cure_rate": _cure_rate, "kept_promises": _kept_promises,
    "kept_installments": _kept_installments, "first_payment_default": _first_payment_default,
    "vintage": _vintage, "survival": _survival, "liquidation": _liquidation,
    "recovery_after_charge_off": _recovery, "recovery_rate": _recovery_rate,
    "kept_promise_rate": _kept_promise_rate, "cei": _cei, "best_dso": _best_dso, "dso": _dso,
    "countback_dso": _countback, "days_to_pay": days_to_pay, "cash_forecast_flat": _flat,
    "cash_forecast_markov": markov, "cash_forecast": _mixed_forecast,
    "forecast_accuracy": _accuracy, "attribution": _attribution, "target": _target,
    "concession_cost": _concessions, "basis": _basis, "flow": _flow, "period": _period,
    "amount": _amount, "reference": _reference, "date": _day,
    "column_mapping": _column_mapping, "written_text": _written_text,
}  # fmt: skip


async def metric_question(_: Life, step: Step) -> None:
    """The figure of that name."""
    metric = step["metric"]
    if metric not in METRICS:
        raise NotPlayable(f"metric {metric}")
    differ(dict(step["expected"]), METRICS[metric](step["input"]), metric)
