"""`accord roles`: docs/roles.md, who may do what, made of the table that the code goes by."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.domain.agreement.acts import LEAST_ROLE, Office
from app.domain.policy.model import Authority
from app.domain.vocabulary import Act, HoldKind, Role, Spending
from app.routers.edge.authority import RULES, Other, Rule
from app.services.policy_documents.reader import policy_of, shipped

_HEAD = """\
# Roles

<!-- Made by `accord roles`, of `app/routers/edge/authority.py` and the shipped policies. -->

A key has scopes (which operations) and a role (what by itself). Outside its role an act is
refused, 409 [`outside-authority`](problems.md#outside-authority), with the rule, its limit, what
was asked and the least role that may. What may be agreed with a debtor waits for such a role.

The figures are the section `authority` of a policy (`terms`, `settlement` and `modification` for
what is agreed). The policy of the account that is in force on the business date judges; the
tenant's `default` judges which policy an account is placed under, and refunds of money that
belongs to no account. The table shows the shipped `default`: change it by saving a policy.
Amounts are in minor units of the account's currency. A role that is `null` has no limit.

**Sums of a day** are counted by key, actor, kind, currency and business date, where a policy
limits a day; of two acts at once never more fit than one after the other would. Taking an act
back gives nothing back. `Accord-Actor` is the word of whoever holds the key: where the sums must
hold whatever a client says, give each person a key.

**Four eyes.** Plans, offers, changes and imports that wait are decided with another key *and* by
another actor; case, blanks and dots at the ends of a name make nobody else. Where nobody was named
who proposed, only an admin with another key decides. Every fact keeps the key beside the actor, and
a rotated key is the same key. So two people who share a key do not decide for each other.

**Least roles.** What concerns the whole tenant, or ends an account, has a least role that no
policy changes. Tenants are made with the owner's login only (`accord tenants`), keys with it
(`accord keys`) or by an admin (`POST /v1/keys`), who gives no scope of which that key has none;
imports run as whoever has that machine, as admin.

**Spreadsheets.** One of a kind, with more rows or more money of a currency than its role stores by
itself waits in `GET /v1/approvals` for somebody whose role does, and then is stored in the name and
with the role of who asked: what a row alone would be refused for, stays refused
([0069](decisions/0069-a-large-sheet-waits-for-somebody-else.md)). Files of `POST /v1/imports` are
taken as they come, line by line within the role of their key.

"""
_WORDS: Mapping[Other, str] = {
    Other.PLACE_HOLD: "act `place:<kind>`",
    Other.RELEASE_HOLD: "act `release:<kind>`",
    Other.CHOOSE_POLICY: "the policy chosen",
    Other.AGREE: "limits of what is agreed",
    Other.DECIDE: "four eyes",
    Other.IMPORT: "a spreadsheet's kind, rows and money; else it waits",
}


_AGREED = {Other.AGREE: "within its own", Other.DECIDE: "of others"}


def page(document: Mapping[str, Any]) -> str:
    """The page, of the API's own document."""
    operations = [
        (method.upper(), path, one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if "x-required-scope" in one
    ]
    rows = ["## Operations that ask for a role", "", *_head("operation", "scope", "asks")]
    for method, path, one in operations:
        for rule in RULES.get(one["operationId"], ()):
            cells = (f"`{method} {path}`", f"`{one['x-required-scope']}`", _word(rule))
            rows.append(_row(*cells, *(_may(rule, role) for role in Role)))
    rows += [
        "",
        "## Operations that ask for a scope only",
        "",
        "| operation | scope |",
        "|---|---|",
    ]
    for method, path, one in operations:
        if one["operationId"] not in RULES:
            rows.append(_row(f"`{method} {path}`", f"`{one['x-required-scope']}`"))
    return _HEAD + "\n".join(rows) + "\n"


def _head(*names: str) -> Iterator[str]:
    columns = (*names, *Role)
    yield _row(*columns)
    yield "|" + "---|" * len(columns)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _word(rule: Rule) -> str:
    match rule:
        case Office():
            return "least role"
        case Spending():
            return f"amount to {rule}"
        case Act():
            return f"act `{rule}`"
        case Other():
            return _WORDS[rule]


def _may(rule: Rule, role: Role) -> str:
    authority = policy_of([shipped("default")], version=1).authority.of(role)
    match rule:
        case Office():
            return _yes(role.rank >= LEAST_ROLE[rule].rank)
        case Spending():
            return _amounts(rule, authority)
        case Act():
            return _yes(authority.acts is None or rule in authority.acts)
        case Other.PLACE_HOLD | Other.RELEASE_HOLD:
            return _holds(rule, authority)
        case Other.CHOOSE_POLICY:
            return "any" if authority.policies is None else _listed(authority.policies)
        case _:
            return _sheets(authority) if rule is Other.IMPORT else _AGREED[rule]


def _yes(may: bool) -> str:
    return "yes" if may else "no"


def _sheets(authority: Authority) -> str:
    kinds = authority.import_kinds
    said = [] if kinds is None else [_listed(kinds)]
    if authority.import_rows is not None:
        said.append(f"{authority.import_rows:,} rows")
    if authority.import_minor is not None:
        said.append(f"{authority.import_minor:,}")
    return "; ".join(said) or "any"


def _amounts(spending: Spending, authority: Authority) -> str:
    limit, day = authority.limit_of(spending), authority.day_limit_of(spending)
    if limit == 0:
        return "no"
    once = "any" if limit is None else f"{limit:,}"
    return once if day is None else f"{once}; {day:,} a day"


def _holds(rule: Rule, authority: Authority) -> str:
    make = Act.placing if rule is Other.PLACE_HOLD else Act.releasing
    kinds = [kind for kind in HoldKind if authority.acts is None or make(kind) in authority.acts]
    return "any" if len(kinds) == len(HoldKind) else _listed(kinds) or "no"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
