"""The parts of an evidence file: rows of an account as they stood at the end of a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.domain.evidence.as_of import contact_as_of, decision_as_of, message_as_of
from app.domain.reporting.statements import statement_of
from app.domain.values import asdict
from app.services.books.ledger import ledger_of
from app.services.context import Context
from app.services.documents.statements import booked
from app.storage.keeping import evidence_rows
from app.storage.keeping.evidence_rows import SECTIONS, About

Row = dict[str, Any]
STATEMENT: Final = "statement"
RECORDINGS: Final = "recordings_list"
#: Everything that can be asked for, in the order of the contract.
EVERY: Final = (*SECTIONS, STATEMENT, RECORDINGS)
#: Of the validation period: what stands there from a day on, with that day first.
_SINCE: Final = {
    "initial_on": ("initial_on", "initial_at", "initial_contact_id"),
    "sent_on": ("sent_on", "notice_contact_id", "received_on", "ends_on"),
    "disputed_on": ("disputed_on", "dispute_contact_id"),
    "original_creditor_requested_on": (
        "original_creditor_requested_on", "original_creditor_contact_id",
    ),
    "ended_on": ("ended_on",),
}  # fmt: skip


async def parts_of(ctx: Context, about: About, sections: Collection[str]) -> dict[str, object]:
    """The parts of these sections by path: lists of rows; the statement is one."""
    parts: dict[str, object] = {}
    for section in sections:
        for path, rows in SECTIONS.get(section, {}).items():
            read = await evidence_rows.read(ctx.tx, rows(about))
            parts[path] = await _as_of(ctx, about, path, read)
    if STATEMENT in sections:
        parts["statement.json"] = await _statement(ctx, about)
    if RECORDINGS in sections:
        parts["recordings.json"] = await evidence_rows.recordings(ctx.tx, about)
        if attached := await evidence_rows.attachments(ctx.tx, about):
            parts["attachments.json"] = attached  # else as files were before there was such
    return parts


async def _as_of(ctx: Context, about: About, path: str, rows: list[Row]) -> list[Row]:
    if path == "contacts.json":
        facts = _by(await evidence_rows.contact_facts(ctx.tx, about), "contact_id")
        return [contact_as_of(one, facts[str(one["id"])], about.as_of) for one in rows]
    if path == "messages.json":
        told = _by(await evidence_rows.told_of_messages(ctx.tx, about), "message_id")
        return [message_as_of(one, told[str(one["id"])]) for one in rows]
    if path == "decisions.json":
        return [decision_as_of(one, _day(about, one["ended_at"]), about.as_of) for one in rows]
    if path == "validation.json":
        return [_known_by(one, about.as_of) for one in rows]
    return rows


def _by(rows: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in rows:
        found[str(one[name])].append(one)
    return found


def _day(about: About, at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(ZoneInfo(about.time_zone)).date()


def _known_by(row: Row, as_of: date) -> Row:
    later = [
        name
        for since, names in _SINCE.items()
        if row[since] is not None and row[since] > as_of
        for name in names
    ]
    return {**row, **dict.fromkeys(later)}


async def _statement(ctx: Context, about: About) -> object:
    """From the first row to the day, by the days rows were booked."""
    rows = [
        one for one in await ledger_of(ctx, about.account_id) if one.business_date <= about.as_of
    ]
    first = min((one.business_date for one in rows), default=about.as_of)
    return asdict(statement_of([booked(one) for one in rows], first, about.as_of))
