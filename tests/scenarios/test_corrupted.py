"""A life whose expectations are not true must fail: the runner may overlook nothing.

Each kind of figure (op and column) is corrupted once, in every way its value can be: another
amount, day, number or word, another name, a row too few or too many. Lives are long and a lie
changes nothing in them, so each is lived once, and at each step every lie about it is told first.
"""

import copy
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from app.domain.values import replace
from tests.scenarios.files import read_cases
from tests.scenarios.runner import Verdict, attempt, begin, play

HERE = Path(__file__).parent
CASES = [
    *read_cases(HERE / "lives" / "language.json"),
    *read_cases(HERE.parent / "cases" / "plan_lifecycle_cases.json"),
]
#: What a step says without expecting anything, and where it looks.
_WHERE = {"op", "as_of", "note", "of", "level", "since", "preview"}
#: Rows that stand for what moves no money here are held against its day and amount only.
_NO_COUNTERPART = ("Re-age", "Re-amortize")


def otherwise(value):
    """Values that say something else; none for what says nothing."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if not isinstance(value, str):
        return []
    try:
        return [f"{Decimal(value) + Decimal('0.01')}"]
    except InvalidOperation:
        pass
    try:
        return [str(date.fromisoformat(value) + timedelta(days=1)), None]
    except ValueError:
        return [f"{value}_X"]


def corrupted_rows(rows):
    """Every cell otherwise, every column by another name, a row less and a row more."""
    for number, row in enumerate(rows):
        for column, value in row.items():
            changed = copy.deepcopy(rows)
            del changed[number][column]
            changed[number][f"{column}_x"] = value
            if value is not None:
                yield "a column renamed", changed
            loose = row.get("type") in _NO_COUNTERPART and column not in {"type", "date", "amount"}
            for other in [] if loose or row.get("reverted") else otherwise(value):
                changed = copy.deepcopy(rows)
                changed[number][column] = other
                yield f"{column} {'gone' if other is None else 'otherwise'}", changed
    yield "a row less", rows[:-1]
    yield "a row more", [*rows, *rows[-1:]]


def corrupted(step):
    """The step as it would not be true, one lie at a time, each with a name."""
    yield "an option nobody knows", {**step, "colour": "red"}
    for name, value in step.items():
        if name in _WHERE:
            continue
        rest = {k: v for k, v in step.items() if k != name}
        if value is not None:
            yield "a figure renamed", {**rest, f"{name}_x": value}
        for other in otherwise(value):
            if other is None and step["op"] == "expect_reverted":
                continue  # it only says which transaction is meant
            yield f"{name} {'gone' if other is None else 'otherwise'}", {**step, name: other}
    if step.get("rows"):
        for lie, rows in corrupted_rows(step["rows"]):
            yield f"rows: {lie}", {k: v for k, v in step.items() if k != "periods"} | {"rows": rows}


def lies():
    """Each kind of lie once, where the fewest steps lead to it: (case, step, the lie) by kind."""
    told = {}
    for case in CASES:
        for number, step in enumerate(case.steps):
            if not step["op"].startswith("expect_"):
                continue
            for lie, changed in corrupted(step):
                kind = f"{step['op']}, {lie}"
                if kind not in told or number < told[kind][1]:
                    told[kind] = case, number, changed
    return told


def acts():
    """Each act once, where the fewest steps lead to it: (case, step, the act) by op."""
    found = {}
    for case in CASES:
        for number, step in enumerate(case.steps):
            op = step["op"]
            if op.startswith("expect_") or op == "question":
                continue
            if op not in found or number < found[op][1]:
                found[op] = case, number, {k: v for k, v in step.items() if k != "refused"}
    return found


LIES, ACTS = lies(), acts()


def told_of(case):
    """What is said otherwise of a case, by step: its name, the step so told, a word of why."""
    told = defaultdict(list)
    for kind, (whose, number, step) in LIES.items():
        if whose is case:
            told[number].append((kind, step, ""))
    for op, (whose, number, step) in ACTS.items():
        if whose is case:
            told[number].append((f"{op} with a colour", {**step, "colour": "red"}, "colour"))
    return told


TOLD = [(case, told) for case in CASES if (told := told_of(case))]


def test_every_step_is_told_otherwise_somewhere():
    assert sum(len(said) for _, told in TOLD for said in told.values()) == len(LIES) + len(ACTS)
    assert {step["op"] for case in CASES for step in case.steps} <= ACTS.keys() | {
        step["op"] for _, _, step in LIES.values()
    }


@pytest.mark.parametrize(("case", "told"), TOLD, ids=[case.id for case, _ in TOLD])
async def test_no_lie_about_a_life_is_believed(api, case, told):
    """Nor is an act played that says what nobody understands: it fails, by that word."""
    life = begin(api, case)
    believed = []
    for number, step in enumerate(case.steps[: max(told) + 1]):
        for kind, lie, why in told.get(number, ()):
            ended = await attempt(copy.copy(life), case, number + 1, lie)
            if ended is None or ended.verdict is not Verdict.FAILED or why not in ended.why:
                believed.append(f"{kind}: {ended}")
        assert await attempt(life, case, number + 1, step) is None

    assert believed == []


#: A few are enough to see that a life is played to its end.
SHORT = sorted(CASES, key=lambda case: len(case.steps))[:5]


@pytest.mark.parametrize("case", SHORT, ids=[case.id for case in SHORT])
async def test_an_op_nobody_knows_fails_a_life_that_else_passes(api, case):
    result = await play(api, replace(case, steps=(*case.steps, {"op": "expect_everything"})))

    assert result.verdict is Verdict.FAILED
    assert result.why == "expect_everything: no such op here"
