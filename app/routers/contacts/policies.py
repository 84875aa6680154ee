"""Contact policies: by which rules people are contacted, in versions; and the rules we ship."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Query, Response

from app.domain.contact.law.rules import AnyRule, RuleSet
from app.domain.contact.law.shipped import RELEASE, SHIPPED
from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.contacts import RuleLoosened
from app.routers.contacts.contacts import instant_of
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanAskWhatIf, CanReadPolicies, CanSayContactPolicies
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.contacts.policies import (
    ContactPolicyRead,
    ContactPolicyRequest,
    ContactRulesRead,
    PolicyName,
    RuleRead,
    RuleSetRead,
)
from app.schemas.contacts.what_if import (
    ContactChangeRead,
    ContactDiffersRead,
    ContactWhatIfRead,
    ContactWhatIfRequest,
)
from app.schemas.edge.types import Page
from app.services.contacts import policies
from app.services.contacts.policies import ContactPolicyView
from app.services.contacts.what_if import ContactTrial, try_contact_policy
from app.services.contacts.what_if_decided import DecisionTrial, try_on_decisions
from app.services.etags import EtagMismatch, etag

router = APIRouter(prefix="/v1/contact-policies", tags=["contacts"], route_class=Operation)
rules = APIRouter(prefix="/v1/contact-rules", tags=["contacts"], route_class=Operation)

POLICIES = Keyset("contact-policies", str)
TRIALS = Keyset("contact-what-if", str, UUID)
DECIDED = Keyset("contact-what-if-decisions", str, UUID)
Name = Annotated[PolicyName, Path(description="Like the policy of the accounts it is for.")]
Version = Annotated[
    int, Path(ge=0, le=1_000_000, description="Yours count from 1; 0 is what we ship.")
]


@router.get("", summary="List contact policies", response_model=Page[ContactPolicyRead])
async def find(
    ctx: CanReadPolicies, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """The newest version of each by name: yours, and what we ship while you have no `default`."""
    (after,) = POLICIES.read(cursor) or (None,)
    found = await policies.find_contact_policies(ctx, after=after, limit=limit + 1)
    page, next_cursor = POLICIES.cut(found, limit, key=lambda one: (one.name,))
    return answer({"data": [_shown(one) for one in page], "next_cursor": next_cursor})


@router.get(
    "/{name}",
    summary="Read a contact policy",
    response_model=ContactPolicyRead,
    responses=problems(NotFound),
)
async def read(name: Name, ctx: CanReadPolicies) -> Response:
    """The newest version; it may count only from its `effective_from` on."""
    view = await policies.read_contact_policy(ctx, name)
    return answer(_shown(view), version=view.version)


@router.get(
    "/{name}/versions/{version}",
    summary="Read a version of a contact policy",
    response_model=ContactPolicyRead,
    responses=problems(NotFound),
)
async def read_version(name: Name, version: Version, ctx: CanReadPolicies) -> Response:
    """What it said then; a decision names the version it was made by."""
    return answer(_shown(await policies.read_contact_policy(ctx, name, version)))


@router.put(
    "/{name}",
    summary="Save a contact policy",
    response_model=ContactPolicyRead,
    responses={
        201: {
            "model": ContactPolicyRead,
            "description": "Your first version by this name.",
        },
        **problems(EtagMismatch, OutsideAuthority, RuleLoosened),
    },
)
@holds_many
async def put(
    name: Name,
    body: ContactPolicyRequest,
    ctx: CanSayContactPolicies,
    if_match: IfMatch = None,
) -> Response:
    """The next version, whole. An account is under the one named like its policy, else `default`.

    A rule may be made stricter; looser than a law only with `counsel` named, whom decisions then
    name. What was decided before stays as it was told. The same again makes no version.
    """
    document = _document(body, name)
    view, new = await policies.save_contact_policy(ctx, name, document, if_match)
    return answer(_shown(view), status=201 if new else 200, version=view.version)


def _document(body: ContactPolicyRequest, name: str, at: str = "") -> dict[str, Any]:
    """What it says; its name is that of the path. Raises `InvalidInput`."""
    if body.name not in (None, name):
        raise InvalidInput.at(f"{at}/name", f"must be {name}, as in the path, or be left out")
    return body.model_dump(mode="json", by_alias=True, exclude={"name"})


@router.post(
    "/{name}/what-if",
    operation_id="contact_policies_what_if",
    summary="Try a contact policy",
    response_model=ContactWhatIfRead,
    responses=problems(NotFound),
)
@holds_many
async def what_if(
    name: Name,
    body: ContactWhatIfRequest,
    ctx: CanAskWhatIf,
    *,
    of: Annotated[Literal["contacts", "decisions"], Query(description="What is judged anew.")] = (
        "contacts"
    ),
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """What contacts made, or decisions asked for, on some days would have been. Nothing is written.

    Each is judged by all that is known now, by the document that is sent. An answer looks at
    `limit` of them, the latest first: add them up along `next_cursor`. What is looser than a law
    may be tried; to be saved it needs counsel. Of decisions, `before` is what the version then in
    force would say today: what was known later is in both.
    """
    document = _document(body.document, name, "/document")
    days = {"from_on": body.from_, "to_on": body.to}
    if of == "decisions":
        after = instant_of(DECIDED.read(cursor))
        tried = await try_on_decisions(ctx, name, document, **days, after=after, limit=limit)
        return answer(_tried_on_decisions(tried))
    after = instant_of(TRIALS.read(cursor))
    trial = await try_contact_policy(ctx, name, document, **days, after=after, limit=limit)
    return answer(_tried(trial))


@rules.get(
    "",
    summary="List the contact rules that are shipped",
    response_model=ContactRulesRead,
    responses=problems(NotFound),
)
async def shipped(
    ctx: CanReadPolicies,  # noqa: ARG001 - who asks must be known
    release: Annotated[
        str | None, Query(max_length=20, description="Default: the one in use.", examples=[RELEASE])
    ] = None,
) -> Response:
    """Law as data: every rule with its source and how well that was read. No legal advice."""
    if release not in (None, RELEASE):
        raise NotFound(resource="release of the contact rules", key=release)
    return answer(
        ContactRulesRead(release=RELEASE, rule_sets=[_rule_set(one) for one in SHIPPED.values()])
    )


# --- Between the contract and the service -----------------------------------------------------


def _shown(view: ContactPolicyView) -> ContactPolicyRead:
    return ContactPolicyRead.model_validate(
        {
            **view.document,
            "name": view.name,
            "version": view.version,
            "shipped": view.version == 0,
            "effective_from": view.effective_from,
            "business_date": view.business_date,
            "recorded_at": view.recorded_at,
            "actor": view.actor,
            "etag": etag(view.version),
        }
    )


def _tried(trial: ContactTrial) -> ContactWhatIfRead:
    then = trial.next_after
    return ContactWhatIfRead(
        policy=trial.policy,
        contacts=trial.contacts,
        decisions=0,
        skipped=trial.skipped,
        outside=_change(trial.outside_before, trial.outside_after),
        refused=_change(0, 0),
        codes=_codes(trial),
        differing=[
            ContactDiffersRead(
                contact_id=one.contact_id, decision_id=None, account_id=one.account_id,
                before=list(one.before), after=list(one.after),
            )
            for one in trial.differing
        ],
        next_cursor=TRIALS.write(then[0].isoformat(), then[1]) if then else None,
    )  # fmt: skip


def _tried_on_decisions(trial: DecisionTrial) -> ContactWhatIfRead:
    then = trial.next_after
    return ContactWhatIfRead(
        policy=trial.policy,
        contacts=0,
        decisions=trial.decisions,
        skipped=trial.skipped,
        outside=_change(0, 0),
        refused=_change(trial.refused_before, trial.refused_after),
        codes=_codes(trial),
        differing=[
            ContactDiffersRead(
                contact_id=None, decision_id=one.decision_id, account_id=one.account_id,
                before=list(one.before), after=list(one.after),
            )
            for one in trial.differing
        ],
        next_cursor=DECIDED.write(then[0].isoformat(), then[1]) if then else None,
    )  # fmt: skip


def _codes(trial: ContactTrial | DecisionTrial) -> dict[str, ContactChangeRead]:
    codes = sorted(trial.before | trial.after)
    return {one: _change(trial.before[one], trial.after[one]) for one in codes}


def _change(before: int, after: int) -> ContactChangeRead:
    return ContactChangeRead(before=before, after=after, change=after - before)


_OF_ALL = ("id", "source", "tag", "channels", "code", "override")


def _rule_set(one: RuleSet) -> RuleSetRead:
    return RuleSetRead(
        name=one.name,
        applies=_plain(one.applies),
        source=one.source,
        rules=[_rule(rule) for rule in one.rules],
    )


def _rule(one: AnyRule) -> RuleRead:
    figures = _plain(one)
    return RuleRead(
        id=one.id,
        kind=type(one).__name__.lower(),
        source=one.source,
        tag=one.tag,
        channels=None if one.channels is None else sorted(one.channels),
        code=figures.get("code"),
        figures={
            name.removesuffix("_"): value for name, value in figures.items() if name not in _OF_ALL
        },
        override_roles=list(one.override.roles) if one.override else [],
    )


def _plain(value: object) -> dict[str, Any]:
    """Its members that are not as they would be anyhow; sets in order."""
    built: dict[str, Any] = msgspec.to_builtins(value, order="deterministic")
    return built
