"""Whoever judges says it by the verdict's own function: there is one wording of each."""

import ast

from app.domain.account import verdicts
from app.domain.account.verdicts import VerdictType
from tests.architecture.tree import ROOT, modules, naming, parse

HOME = "app/domain/account/verdicts.py"


def test_nobody_else_makes_a_verdict_by_hand():
    hands = {
        f"{module}:{call.lineno}"
        for module in naming("Verdict", modules("app"))
        if str(module) != HOME
        for call in ast.walk(parse(module))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Verdict"
    }

    assert hands == set()


def test_every_type_has_a_function_that_says_it():
    said = {
        node.attr
        for node in ast.walk(ast.parse((ROOT / HOME).read_text()))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "VerdictType"
    }
    by_status = {one.name for one in VerdictType if one.value.startswith("promise.")}

    assert said | by_status == {one.name for one in VerdictType}
    assert callable(verdicts.promise_judged)
