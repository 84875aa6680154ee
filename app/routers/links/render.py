"""A visit as HTML: what of it shows, in whose language, and under which headers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse

from app.domain.contact.words import Channel, PointKind
from app.domain.links.link import LinkPurpose, LinkStatus, Verify
from app.domain.options.options import OptionName
from app.routers.links.addresses import link_path
from app.routers.links.template import STYLE_SOURCE, rendered
from app.schemas.edge.ids import encode
from app.services.links.act import CanPay
from app.services.links.page import Shown, shown
from app.services.links.visit import Visit
from app.services.plans.options import Offers
from app.services.wording.pages import LANGUAGES, PageWriter, phrases

OPEN = (LinkStatus.ACTIVE, LinkStatus.USED)
EVERY = {"week": (1, "week"), "2weeks": (2, "week"), "month": (1, "month")}
_CHANNELS = (Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER)
_SOON = timedelta(days=14)
#: Who may do one of these is shown what is owed; who may only say how to be reached is not.
_SEEING = {
    LinkPurpose.VIEW, LinkPurpose.CHOOSE, LinkPurpose.CONSENT, LinkPurpose.ACCEPT_SETTLEMENT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is said above the page."""

    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody said they can pay, and what may be offered for it."""

    ask: CanPay
    every: str
    affordable: str
    offers: Offers | None = None


async def page_of(
    request: Request,
    visit: Visit,
    token: str,
    *,
    status: int = 200,
    notice: Notice | None = None,
    chosen: Chosen | None = None,
) -> HTMLResponse:
    """The page as it stands: over, its question, or all this link shows."""
    locale = visit.link.locale
    words = phrases(locale)
    values: dict[str, Any] = {
        "lang": locale,
        "w": asdict(words),
        "name": visit.opened.name,
        "heading": words.title,
        "at": link_path(request, token),
        "return_url": visit.link.return_url,
    }
    if visit.status not in OPEN:
        status, notice = 410, Notice(text=words.ended, bad=True)
    elif not visit.verified:
        values["question"] = _question(visit)
    else:
        known = await shown(visit)
        values |= _content(visit, known, chosen)
    if notice:
        values |= {"notice": notice.text, "bad": notice.bad}
    return answered(rendered(**values), status=status, frame=visit.in_frame)


def unknown_page() -> HTMLResponse:
    """What opens nothing tells nothing: not even whose it might have been."""
    words = phrases("en-US")
    values = {"lang": "en-US", "w": asdict(words), "heading": words.title, "name": "",
              "notice": words.ended, "bad": True}  # fmt: skip
    return answered(rendered(**values), status=404, frame=None)


def answered(text: str, *, status: int, frame: str | None) -> HTMLResponse:
    """HTML that is kept nowhere, names nobody to other sites, and is framed by its portal alone."""
    policy = (
        f"default-src 'none'; style-src {STYLE_SOURCE}; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {frame or chr(39) + 'none' + chr(39)}"
    )
    return HTMLResponse(
        text,
        status_code=status,
        headers={
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow",
        },
    )


def _question(visit: Visit) -> str:
    words = phrases(visit.link.locale)
    asked = {
        Verify.POSTAL_CODE: words.ask_postal_code,
        Verify.LAST_FOUR: words.ask_last_four,
        Verify.CODE: words.ask_code,
    }
    return asked[Verify(visit.link.verify)]


def _content(visit: Visit, known: Shown, chosen: Chosen | None) -> dict[str, Any]:
    account = known.account.reading.account
    writer = PageWriter.of(visit.link.locale, account.currency)
    late = known.account.reading.delinquency.overdue_minor
    purposes = set(visit.link.purposes)
    used = visit.status is LinkStatus.USED
    sees = bool(purposes & _SEEING)
    return {
        "account": {
            "reference": account.reference,
            "owed": writer.money(known.account.reading.state.balance.total_minor) if sees else "",
            "past_due": writer.money(late) if sees and late else "",
        },
        "us": {
            "name": known.us.name,
            "phone": known.us.phone,
            "address": ", ".join(known.us.address),
        },
        "sees": sees,
        "against": writer.words.refusals[known.against] if sees and known.against else "",
        "rows": _rows(known, writer) if sees else [],
        "offers": _offers(visit, known, writer, used=used),
        "choose": _choose(visit, writer, chosen)
        if LinkPurpose.CHOOSE in purposes and not (known.plan or used or known.against)
        else None,
        "options": _options(chosen, writer) if chosen else [],
        "preferences": _preferences(known, writer)
        if purposes & {LinkPurpose.PREFERENCES, LinkPurpose.CONSENT}
        else None,
        "points": {"known": ", ".join(one.point.value for one in known.points if _reach(one))}
        if LinkPurpose.UPDATE_POINTS in purposes
        else None,
        "message": LinkPurpose.MESSAGE in purposes,
    }


def _reach(one: Any) -> bool:  # noqa: ANN401 - a point of the page
    return one.point.kind in (PointKind.PHONE, PointKind.EMAIL)


def _rows(known: Shown, writer: PageWriter) -> list[Mapping[str, str]]:
    if known.plan is None:
        return []
    pairs = zip(known.plan.plan.installments, known.plan.installment_statuses, strict=True)
    return [
        {
            "due": writer.day_in_a_table(row.due_on),
            "amount": writer.money(row.amount_minor),
            "paid": writer.money(row.paid.total_minor),
            "status": writer.words.statuses.get(status, status),
        }
        for row, status in pairs
    ]


def _offers(
    visit: Visit, known: Shown, writer: PageWriter, *, used: bool
) -> list[Mapping[str, Any]]:
    """The newest quote first, then a settlement; none once the link is used, or cannot be."""
    if used or known.against:
        return []
    words = writer.words
    made: list[Mapping[str, Any]] = [
        {
            "heading": words.offer_heading,
            "text": one.quote.text,
            "action": "accept",
            "id": encode("quo", one.quote.id),
            "hash": one.quote.hash,
            "text_hash": one.quote.text_hash,
            "button": words.agree_button,
            "foreign": one.quote.locale[:2] != visit.link.locale[:2],
            "open": True,
        }
        for one in reversed(known.quotes)
    ]
    if known.settlement and known.settlement_words:
        said = known.settlement_words
        made.append(
            {
                "heading": words.settlement_heading,
                "text": said.text,
                "action": "settlement",
                "text_hash": said.text_hash,
                "button": words.accept_button,
                "open": True,
            }
        )
    return made


def _choose(visit: Visit, writer: PageWriter, chosen: Chosen | None) -> Mapping[str, Any]:
    words, today = writer.words, visit.ctx.business_date
    names = {"week": words.weekly, "2weeks": words.biweekly, "month": words.monthly}
    first = chosen.ask.first_due_on if chosen else today + _SOON
    return {
        "label": words.can_pay.format(currency=writer.currency),
        "frequencies": [{"value": value, "text": text} for value, text in names.items()],
        "affordable": chosen.affordable if chosen else "",
        "every": chosen.every if chosen else "month",
        "first_due_on": first.isoformat(),
        "today": today.isoformat(),
    }


def _options(chosen: Chosen, writer: PageWriter) -> list[Mapping[str, str]]:
    if chosen.offers is None:
        return []
    made = list[Mapping[str, str]]()
    for option in chosen.offers.found.options:
        if option.name is OptionName.SETTLEMENT:
            continue
        rows = option.schedule.installments
        text = writer.words.payments.format(
            count=len(rows),
            first=writer.money(rows[0].amount_minor),
            on=writer.day(rows[0].due_on),
            last=writer.day(rows[-1].due_on),
        )
        made.append({"name": str(option.name), "text": text})
    return made


def _preferences(known: Shown, writer: PageWriter) -> Mapping[str, Any]:
    words = writer.words
    names = {one: getattr(words, one.value) for one in _CHANNELS}
    emails = [one.point for one in known.points if one.point.kind == PointKind.EMAIL]
    return {
        "languages": [{"value": value, "text": text} for value, text in LANGUAGES.items()],
        "channels": [{"value": str(one), "text": text} for one, text in names.items()],
        "emails": [
            {"id": encode("cp", one.id), "text": words.allow_email.format(value=one.value)}
            for one in emails
        ],
    }


def email_words(visit: Visit, value: str) -> str:
    """The words by which somebody agrees to be written to."""
    return phrases(visit.link.locale).allow_email.format(value=value)
