"""What a debtor opens: `GET` shows and changes nothing, each `POST` does one thing."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.domain.contact.words import PointKind
from app.domain.errors import DomainError, InvalidInput
from app.domain.links.link import MAX_WRONG_ANSWERS, SESSION_MINUTES, Answer, Shown
from app.domain.options.options import OptionName
from app.domain.refusals.links import LinkEnded, VerificationWrong
from app.domain.schedule.terms import Frequency, Unit
from app.routers.edge.problem_types.registry import REGISTRY
from app.routers.edge.problems import answered, rate_limited
from app.routers.links.addresses import is_encrypted, link_path
from app.routers.links.render import EVERY, Chosen, Notice, email_words, page_of, unknown_page
from app.routers.links.said import Form, channel, day, id_, minor, one, wants_json
from app.routers.links.visitors import COOKIE, UnknownToken, form, visiting
from app.schemas.plans.options import terms_read
from app.services.links import act
from app.services.links import visit as visits
from app.services.links.act import CanPay, Prefer
from app.services.links.visit import Visit
from app.services.wording.pages import LANGUAGES, phrases

router = APIRouter(prefix="/l", include_in_schema=False)

Act = Callable[[Visit, Form], Awaitable[Response]]
A_DAY_S = 86_400
ACTS = ("verify", "options", "accept", "settlement", "preferences", "points", "messages")


@router.get("/{token}")
async def look(token: str, request: Request) -> Response:
    """The page. Whoever looks, how often ever, changes nothing."""
    try:
        async with visiting(request, token) as visit:
            return await page_of(request, visit, token)
    except UnknownToken:
        return unknown_page()


@router.get("/{token}/{act_name}")
async def look_again(token: str, act_name: str, request: Request) -> Response:
    """The page, for whoever comes back to where a form was sent: a phone opens its tab anew.

    Acting by `GET` does not exist: the status says so, and the debtor sees where they are.
    """
    if act_name not in ACTS:
        return unknown_page()
    try:
        async with visiting(request, token) as visit:
            page = await page_of(request, visit, token, status=HTTPStatus.METHOD_NOT_ALLOWED)
    except UnknownToken:
        return unknown_page()
    page.headers["Allow"] = "POST"
    return page


@router.post("/{token}/verify")
async def verify(token: str, request: Request) -> Response:
    """Answer the question. Who is right is known to this browser for fifteen minutes."""
    try:
        given = one(await form(request), "answer") or ""
        async with visiting(request, token, lock=True) as came:
            visit, found, session = await visits.answer(came, given)
            right = found.status == HTTPStatus.OK
            notice = None if right else Notice(text=_wrong(visit, found), bad=True)
            page: Response = await page_of(
                request, visit, token, status=found.status, notice=notice
            )
    except UnknownToken:
        return unknown_page()
    except DomainError as error:
        return await _refused(request, token, error)
    if not right and wants_json(request):
        return answered(request, _refusal(visit, found))
    if session is not None:
        page.set_cookie(
            COOKIE, session, max_age=SESSION_MINUTES * 60, httponly=True, samesite="lax",
            secure=is_encrypted(request), path=link_path(request, token),
        )  # fmt: skip
    return page


@router.post("/{token}/options")
async def options(token: str, request: Request) -> Response:
    """Show what is possible; with `choose`, put one of it in writing."""

    async def choosing(visit: Visit, said: Form) -> Response:
        every = one(said, "every") or "month"
        if every not in EVERY:
            raise InvalidInput.at("/every", f"should be one of {', '.join(EVERY)}")
        count, unit = EVERY[every]
        currency = await act.currency_of(visit)
        ask = CanPay(
            affordable_minor=minor(one(said, "affordable"), currency, "/affordable"),
            frequency=Frequency(every=count, unit=Unit(unit)),
            first_due_on=day(one(said, "first_due_on"), "/first_due_on"),
        )
        name = one(said, "choose")
        if name is not None:
            if name not in set(OptionName):
                raise InvalidInput.at("/choose", "is none of the options")
            await act.choose(visit, ask, OptionName(name), terms_read)
            return await page_of(request, visit, token, status=201)
        offers = await act.find_options(visit, ask)
        found = Chosen(
            ask=ask, every=every, affordable=one(said, "affordable") or "", offers=offers
        )
        words = phrases(visit.link.locale)
        some = any(each.name is not OptionName.SETTLEMENT for each in offers.found.options)
        notice = None if some else Notice(text=words.no_options, bad=True)
        return await page_of(request, visit, token, notice=notice, chosen=found)

    return await _acted(request, token, choosing)


@router.post("/{token}/accept")
async def accept(token: str, request: Request) -> Response:
    """Agree to a quote by the hash of its words, once."""

    async def agreeing(visit: Visit, said: Form) -> Response:
        quote_id = id_("quo", one(said, "quote_id"), "/quote_id")
        text_hash = one(said, "text_hash") or ""
        found = await act.agree(visit, quote_id, one(said, "quote_hash") or "", text_hash)
        return await _agreed(request, token, visit, found)

    return await _acted(request, token, agreeing)


@router.post("/{token}/settlement")
async def settle(token: str, request: Request) -> Response:
    """Accept the settlement offered, once."""

    async def accepting(visit: Visit, said: Form) -> Response:
        found = await act.accept_settlement(visit, one(said, "text_hash") or "")
        return await _agreed(request, token, visit, found)

    return await _acted(request, token, accepting)


@router.post("/{token}/preferences")
async def prefer(token: str, request: Request) -> Response:
    """Say how to be reached."""

    async def saying(visit: Visit, said: Form) -> Response:
        language, preferred = one(said, "language"), one(said, "preferred")
        if language and language not in LANGUAGES:
            raise InvalidInput.at("/language", f"should be one of {', '.join(LANGUAGES)}")
        stop = [channel(each, "/stop") for each in said.get("stop", ())]
        email = one(said, "allow_email")
        point_id = id_("cp", email, "/allow_email") if email else None
        await act.set_preferences(
            visit,
            Prefer(
                language=language or None,
                preferred=channel(preferred, "/preferred") if preferred else None,
                stop=tuple(dict.fromkeys(stop)),
                allow_email=point_id,
                text_hash=await _email_hash(visit, point_id),
            ),
        )
        fresh = await act.again(visit)
        return await _done(request, token, fresh, phrases(fresh.link.locale).done_saved)

    return await _acted(request, token, saying)


@router.post("/{token}/points")
async def add_point(token: str, request: Request) -> Response:
    """Tell a number or an address."""

    async def adding(visit: Visit, said: Form) -> Response:
        kind = one(said, "kind") or ""
        if kind not in set(PointKind):
            raise InvalidInput.at("/kind", "should be phone or email")
        await act.add_own_point(visit, PointKind(kind), one(said, "value") or "")
        return await _done(request, token, visit, phrases(visit.link.locale).done_saved)

    return await _acted(request, token, adding)


@router.post("/{token}/messages")
async def write(token: str, request: Request) -> Response:
    """Leave a message."""

    async def writing(visit: Visit, said: Form) -> Response:
        await act.leave_message(visit, one(said, "text") or "")
        return await _done(request, token, visit, phrases(visit.link.locale).done_sent)

    return await _acted(request, token, writing)


async def _acted(request: Request, token: str, does: Act) -> Response:
    """Do one thing in one transaction; refused, nothing of it stays, and the page says why."""
    try:
        said = await form(request)
        async with visiting(request, token, lock=True) as visit:
            await visits.refuse_unopened(visit)
            return await does(visit, said)
    except UnknownToken:
        return unknown_page()
    except act.Enough:
        return await _enough(request, token)
    except DomainError as error:
        return await _refused(request, token, error)


async def _refused(request: Request, token: str, error: DomainError) -> Response:
    if type(error) not in REGISTRY:
        raise error
    if wants_json(request):
        return answered(request, error)
    try:
        async with visiting(request, token) as visit:
            words = phrases(visit.link.locale)
            said = words.refusals.get(error.problem, words.refused)
            if isinstance(error, VerificationWrong):  # they had answered: it is long ago
                said = words.again
            ended = isinstance(error, LinkEnded)
            notice = None if ended else Notice(text=said, bad=True)
            status = REGISTRY[type(error)].status
            return await page_of(request, visit, token, status=status, notice=notice)
    except UnknownToken:
        return unknown_page()


async def _enough(request: Request, token: str) -> Response:
    """Too much of it by one link; nothing was done."""
    if wants_json(request):
        return rate_limited(request, A_DAY_S)
    async with visiting(request, token) as visit:
        notice = Notice(text=phrases(visit.link.locale).enough, bad=True)
        status = HTTPStatus.TOO_MANY_REQUESTS
        return await page_of(request, visit, token, status=status, notice=notice)


async def _agreed(request: Request, token: str, visit: Visit, found: Answer) -> Response:
    words = phrases(visit.link.locale)
    said = {
        Shown.ACCEPTED: words.done_agreed,
        Shown.USED: words.used,
        Shown.OTHER_WORDS: words.other_words,
    }
    bad = found.shown == Shown.OTHER_WORDS
    notice = Notice(text=said.get(Shown(found.shown), words.refused), bad=bad)
    fresh = await act.again(visit)
    return await page_of(request, fresh, token, status=found.status, notice=notice)


async def _done(request: Request, token: str, visit: Visit, text: str) -> Response:
    return await page_of(request, visit, token, status=201, notice=Notice(text=text))


def _wrong(visit: Visit, found: Answer) -> str:
    words = phrases(visit.link.locale)
    if found.status == HTTPStatus.TOO_MANY_REQUESTS:
        return words.tomorrow
    return words.wrong.format(tries=MAX_WRONG_ANSWERS - visit.link.wrong_answers)


def _refusal(visit: Visit, found: Answer) -> DomainError:
    if found.status == HTTPStatus.GONE:
        return LinkEnded(link_id=visit.link.id, link_status=str(found.link.status))
    left = MAX_WRONG_ANSWERS - visit.link.wrong_answers
    return VerificationWrong(tries_left=0 if found.status != HTTPStatus.UNAUTHORIZED else left)


async def _email_hash(visit: Visit, point_id: UUID | None) -> str | None:
    if point_id is None:
        return None
    for known in await act.own_points(visit):
        if known.point.id == point_id:
            return sha256(email_words(visit, known.point.value).encode()).hexdigest()
    return None
