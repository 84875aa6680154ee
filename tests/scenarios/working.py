"""Cases of worklists, debtor links, escalations and evidence, asked of the domain."""

from datetime import UTC, date, datetime
from typing import Any

from app.domain.evidence.escalation import Case, against_legal
from app.domain.evidence.manifest import manifest, root
from app.domain.links import link as links
from app.domain.links.link import Link
from app.domain.vocabulary import HoldKind, Role
from app.domain.worklists.order import Item, in_working_order, waiting
from app.domain.worklists.score import Standing, WorkReason, because
from tests.scenarios.client import NotPlayable
from tests.scenarios.contact_facts import Input
from tests.scenarios.contacting import differ
from tests.scenarios.life import Life, Step, understood


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


# --- worklists


def _is_worklist(said: Input) -> bool:
    return {"now_at", "today", "items"} <= said.keys()


def _item(said: Input, today: date) -> Item:
    understood(
        said,
        {"account", "reasons", "overdue_minor", "callback_at", "claimed_until_at",
         "snoozed_until_at", "gate_allowed", "next_allowed_at"},
        what="item",
    )  # fmt: skip
    standing = [
        Standing(reason=WorkReason(one["code"]), on=date.fromisoformat(one["on"]))
        for one in said["reasons"]
    ]
    return Item(
        account=said["account"],
        because=because(standing, overdue_minor=said["overdue_minor"], today=today),
        overdue_minor=said["overdue_minor"],
        callback_at=_at(said.get("callback_at")),
        claimed_until_at=_at(said.get("claimed_until_at")),
        skipped_until_at=_at(said.get("snoozed_until_at")),
        allowed=said.get("gate_allowed", True),
        next_allowed_at=_at(said.get("next_allowed_at")),
    )


def _by_code(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(told, key=lambda one: str(one["code"]))


async def worklist_question(_: Life, step: Step) -> None:
    """The order of the items, their scores explained, and what waits."""
    said, expected = step["input"], step["expected"]
    now_at = datetime.fromisoformat(said["now_at"]).astimezone(UTC)
    items = [_item(one, date.fromisoformat(said["today"])) for one in said["items"]]
    order = [
        {
            "account": one.account,
            "score": one.score,
            "because": _by_code([{"code": str(p.code), "points": p.points} for p in one.because]),
        }
        for one in in_working_order(items, now_at)
    ]
    kept = [
        {"account": one.account, "why": str(why.why), "until_at": _told(why.until_at)}
        for one in items
        if (why := waiting(one, now_at)) is not None
    ]
    wanted = [{**one, "because": _by_code(one["because"])} for one in expected["order"]]
    differ(wanted, order, "order")
    differ(expected["waiting"], kept, "waiting")


# --- links


def _is_link(said: Input) -> bool:
    return {"verify", "expires_at", "requests"} <= said.keys()


def _answer(link: Link, request: Input) -> links.Answer:
    understood(request, {"do", "at", "right", "method", "text_hash", "hold"}, what="request")
    at = datetime.fromisoformat(request["at"]).astimezone(UTC)
    match request["do"]:
        case "view":
            return links.view(link, at)
        case "answer":
            return links.answer(link, at, right=request["right"])
        case "accept":
            return links.accept(
                link,
                at,
                method=request.get("method") or "POST",
                text_hash=request["text_hash"],
                refusal="account-on-hold" if request.get("hold") else None,
            )
    raise NotPlayable(f"request {request['do']}")


async def link_question(_: Life, step: Step) -> None:
    """What each request is answered, and how the link stands after the last."""
    said, expected = step["input"], step["expected"]
    understood(said, {"verify", "expires_at", "text_hash", "requests"}, what="input")
    link = Link(
        expires_at=datetime.fromisoformat(said["expires_at"]).astimezone(UTC),
        text_hash=said["text_hash"],
        asks=said["verify"] != "none",
    )
    answers = []
    for request in said["requests"]:
        if request["do"] == "revoke":
            link = links.revoke(link)
            continue
        found = _answer(link, request)
        link = found.link
        answers.append([found.status, str(found.shown)])
    differ(expected["answers"], answers, "answers")
    differ(expected["state"], str(link.status), "state")


# --- escalations and evidence


def _is_escalation(said: Input) -> bool:
    return {"role", "owed_minor", "minimum_minor"} <= said.keys()


async def escalation_question(_: Life, step: Step) -> None:
    """Every reason why the account may not go to legal."""
    said, expected = step["input"], step["expected"]
    understood(
        said,
        {"today", "role", "owed_minor", "minimum_minor", "validation_ends_on", "holds", "plan",
         "settlement", "time_barred", "status", "note"},
        what="input",
    )  # fmt: skip
    ends_on = said.get("validation_ends_on")
    case = Case(
        owed_minor=said["owed_minor"],
        minimum_minor=said["minimum_minor"],
        role=Role(said["role"]),
        paid_or_settled=said.get("status") in ("paid", "settled"),
        holds=frozenset(map(HoldKind, said.get("holds") or ())),
        validation_ends_on=date.fromisoformat(ends_on) if ends_on else None,
        time_barred=bool(said.get("time_barred")),
        plan_stands=said.get("plan") in ("current", "in_grace", "ahead", "paused"),
        settlement_stands=said.get("settlement") in ("offered", "accepted", "active"),
        noted_by_supervisor=bool(said.get("note")),
    )
    ours = list(map(str, against_legal(case, date.fromisoformat(said["today"]))))
    differ(expected["refusals"], ours, "refusals")


def _is_evidence(said: Input) -> bool:
    return {"account_id", "as_of", "files"} <= said.keys()


async def evidence_question(_: Life, step: Step) -> None:
    """The manifest, byte by byte, and its root."""
    said, expected = step["input"], step["expected"]
    files = {path: content.encode() for path, content in said["files"].items()}
    ours = manifest(said["account_id"], date.fromisoformat(said["as_of"]), files)
    differ(dict(expected), {"manifest": ours.decode(), "root": root(ours)}, "evidence")


ASKED = (
    ("worklist_question", _is_worklist),
    ("link_question", _is_link),
    ("escalation_question", _is_escalation),
    ("evidence_question", _is_evidence),
)
