"""Lives as a collections officer writes them: days, what happened, and the table to be seen.

    # A title

    What it is about, in prose.

    Policy: default, grace 5 days, never broken

    ## 2026-02-05
    - 300.00 is paid (P-1).
    - Balance 600.00, plan active, standing current.

    | No | Due        | Amount | Paid   | Open | Status |
    |----|------------|--------|--------|------|--------|
    | 1  | 2026-02-05 | 300.00 | 300.00 | 0.00 | paid   |

A sentence nobody understands is an error in the file, not a step to be skipped.
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.scenarios import (
    agreeing,
    closings,
    forbearing,
    hardship,
    negotiation,
    office,
    reaching,
    reaging,
    settling,
)
from tests.scenarios.life import Step
from tests.scenarios.runner import Case

_MONEY = r"(?P<amount>\d+\.\d\d)"
_DAY = r"\d{4}-\d\d-\d\d"
_NAME = r"[A-Z]+-\d+"

_PLAN = (
    r"A plan is agreed: (?P<count>\d+) installments"
    r" every (?P<every>\d+ )?(?P<unit>day|week|month)s?"
    rf", first due (?P<first>{_DAY})(?:, (?P<down>\d+\.\d\d) down)?"
)
_CHARGE = (
    rf"A (?P<kind>late fee|fee|penalty|cost) of {_MONEY} is charged"
    rf"(?P<joins> to the plan, due (?P<due>{_DAY}))? \((?P<name>{_NAME})\)"
)

#: What can happen, as it is said, and the op that plays it.
_SAID = (
    ("life_place", r"The account is placed with (?P<parts>.+)"),
    ("life_plan", _PLAN),
    ("life_pay",
     rf"{_MONEY} is paid \((?P<name>{_NAME})(?:, dated (?P<dated>{_DAY}))?(?P<kind>, goodwill)?\)"),
    ("life_return", rf"(?P<name>{_NAME}) is returned \((?P<code>\w+)\)"),
    ("life_charge", _CHARGE),
    ("life_waive", rf"{_MONEY} of (?P<name>{_NAME}) is waived"),
    ("life_uncharge", rf"(?P<name>{_NAME}) is taken back"),
    ("life_dispute", r"The debt is disputed"),
    ("life_release", r"The dispute is over"),
    ("life_cancel", r"The plan is cancelled"),
    *forbearing.SAID,
    *negotiation.SAID,
    *office.SAID,
    *reaching.SAID,
    *reaging.SAID,
    *settling.SAID,
    *closings.SAID,
    *hardship.SAID,
    *agreeing.SAID,
)  # fmt: skip

#: What can be seen, as it is said: the document, the path in it, and how the rest is read.
_SEEN = (
    (r"balance (\d+\.\d\d)", "account.balance.total_minor", "money"),
    (r"unapplied (\d+\.\d\d)", "account.unapplied_minor", "money"),
    (r"account (open|paid|settled|charged_off|closed)", "account.status", "word"),
    (r"bucket (\S+)", "account.delinquency.bucket", "word"),
    (r"plan (active|completed|broken|cancelled)", "plan.status", "word"),
    (r"standing (current|due|in_grace|delinquent|paused)", "plan.standing", "word"),
    (r"past due (\d+) days?", "plan.delinquency.past_due_days", "number"),
    (r"delinquent (\d+) days?", "plan.delinquency.delinquent_days", "number"),
    (r"paused (\d+) days?", "plan.delinquency.paused_days", "number"),
    (r"overdue (\d+\.\d\d)", "plan.delinquency.overdue_minor", "money"),
    (r"missed (\d+)", "plan.delinquency.consecutive_missed", "number"),
    (r"ever missed (\d+)", "plan.delinquency.missed_total", "number"),
    (r"plan paid (\d+\.\d\d)", "plan.paid_minor", "money"),
    (r"plan open (\d+\.\d\d)", "plan.outstanding_minor", "money"),
    (r"revision (\d+)", "plan.revision", "number"),
    (r"reported late since (\d{4}-\d\d-\d\d|nothing)", "account.reported_since_on", "word"),
    (r"first delinquent (\d{4}-\d\d-\d\d|nothing)", "account.first_delinquency_on", "word"),
    (
        r"contract behind since (\d{4}-\d\d-\d\d|nothing)",
        "plan.delinquency.contract.since_on",
        "word",
    ),
    (r"next due (\d{4}-\d\d-\d\d|nothing)", "plan.next_due_on", "word"),
    *settling.SEEN,
    *closings.SEEN,
    *agreeing.SEEN,
)

_REFUSED = re.compile(r"Not possible \((?P<problem>[a-z-]+)\): (?P<act>.+)")
_POLICY = re.compile(
    r"Policy: (?P<name>[\w-]+)(?:, grace (?P<grace>\d+) days?)?(?P<never>, never broken)?"
    r"(?P<undo>, re-ages undone on a return)?"
)
_AS_OF = re.compile(rf"As of (?P<on>{_DAY}): (?P<seen>.+)")
_RULE = re.compile(r"[|\s:-]+")


class NotUnderstood(ValueError):
    """A line of a life that means nothing here."""


def read(text: str, *, name: str) -> Case:
    """The case a Markdown file tells. Raises `NotUnderstood`."""
    lines = text.splitlines()
    title = next((line[2:].strip() for line in lines if line.startswith("# ")), name)
    steps = tuple(_steps(lines))
    if not any(step["op"].startswith("life_") for step in steps):
        raise NotUnderstood(f"{name} tells no life")
    return Case(id=name, title=title, steps=steps)


def _steps(lines: list[str]) -> Iterator[Step]:
    table: list[list[str]] = []
    begun = False
    for line in [*(one.strip() for one in lines), ""]:
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if table:
            yield _table(table)
            table = []
        if line.startswith("## "):
            begun = True
            yield {"op": "business_date", "date": line[3:].strip()}
        elif line.startswith("Policy: "):
            yield _policy(line)
        elif begun and line.startswith("- "):
            yield _sentence(line[2:].rstrip("."))


def _policy(line: str) -> Step:
    said = _POLICY.fullmatch(line.rstrip("."))
    if said is None:
        raise NotUnderstood(line)
    return {"op": "life_policy", **said.groupdict()}


def _table(rows: list[list[str]]) -> Step:
    head, *rest = (row for row in rows if not _RULE.fullmatch("|".join(row)))
    return {"op": "life_see_rows", "rows": [dict(zip(head, row, strict=True)) for row in rest]}


def _sentence(said: str) -> Step:
    refused = _REFUSED.fullmatch(said)
    if refused is not None:
        act = _act(refused["act"])
        if act is None:
            raise NotUnderstood(said)
        return {"op": "life_refused", "problem": refused["problem"], "act": act}
    dated = _AS_OF.fullmatch(said)
    if dated is not None:
        seen = list(_seen(dated["seen"]))
        return {"op": "life_see", "said": said, "as_of": dated["on"], "seen": seen}
    return _act(said) or {"op": "life_see", "said": said, "seen": list(_seen(said))}


def _act(said: str) -> Step | None:
    for op, pattern in _SAID:
        match = re.fullmatch(pattern, said)
        if match is not None:
            return {"op": op, **{k: v for k, v in match.groupdict().items() if v is not None}}
    return None


def _seen(said: str) -> Iterator[dict[str, Any]]:
    for part in said.split(", "):
        for pattern, path, kind in _SEEN:
            match = re.fullmatch(pattern, part, re.IGNORECASE)
            if match is not None:
                yield {"path": path, "kind": kind, "value": match[1]}
                break
        else:
            raise NotUnderstood(said)
