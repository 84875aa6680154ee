"""`/`, `/docs`, the document, and the pages that problem types and the guides are shown on."""

import asyncio
import html
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from app.routers.docs_pages import assets
from app.routers.docs_pages.markdown import PAGES, page, problem_page, problem_texts
from app.services.tenancy.readiness import readiness
from app.storage.database.engine import Database

router = APIRouter(include_in_schema=False)

_A_DAY = {"Cache-Control": "public, max-age=86400"}
#: What a page may load: ours. Swagger UI draws with styles of its elements and images in text.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{up}/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="{up}/docs/assets/pages.css">
{head}</head>
<body>
{body}
</body>
</html>
"""
_SWAGGER_HEAD = '<link rel="stylesheet" href="{up}/docs/assets/swagger-ui.css">\n'
_SWAGGER = """<div id="swagger-ui"></div>
<script src="{up}/docs/assets/swagger-ui-bundle.js"></script>
<script src="{up}/docs/assets/start.js"></script>"""
_WHAT = """<h1>Accord</h1>
<p>Payment plans on overdue debt: negotiated, posted and judged to the cent and to the day. Accounts
come from a billing system, plans are agreed with debtors, payments are posted, and what is missed
is known as of any day.</p>"""
_STATES: Mapping[str, str] = {"ok": "It is healthy: the database answers, its schema is ours."}


@router.get("/")
async def home(request: Request) -> Response:
    """What this is, whether it is healthy, and where to go."""
    database: Database = request.scope["state"]["database"]
    state = await readiness(database)
    kind = "ok" if state == "ok" else "not"
    said = html.escape(_STATES.get(state, f"It cannot serve now: {state}."))
    links = "".join(f'<li><a href="./{path}">{text}</a></li>' for path, text in _destinations())
    body = f'{_WHAT}\n<p class="state {kind}">{said}</p>\n<ul>{links}</ul>'
    return _shown("Accord", body, up=".", fresh=True)


@router.get("/docs")
async def docs(request: Request) -> Response:
    up = html.escape(request.scope.get("root_path", "").rstrip("/"))
    body = _nav(up, kind="wide") + _SWAGGER.format(up=up)
    head = _SWAGGER_HEAD.format(up=up)
    text = _PAGE.format(title="Accord API", up=up, head=head, body=body)
    return HTMLResponse(text, headers=_PAGE_HEADERS)


@router.get("/openapi.json")
async def document(request: Request) -> Response:
    """The contract, made once: that takes a second, which nobody else waits for."""
    text, tag = await asyncio.to_thread(_document, request.scope["app"])
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="application/json", headers=headers)


@router.get("/docs/assets/{name}")
async def asset(name: str) -> Response:
    if name not in assets.TYPES:
        raise HTTPException(404)
    return Response(assets.content(name), media_type=assets.TYPES[name], headers=_A_DAY)


@router.get("/docs/reports")
async def reports() -> Response:
    """What each report means: where its `definition` leads."""
    return _shown(PAGES["reports"][1], page("reports"), up="..")


@router.get("/pages/{name}")
async def guide(name: str) -> Response:
    """A guide, the glossary, the changelog."""
    if name not in PAGES:
        raise HTTPException(404)
    return _shown(PAGES[name][1], page(name), up="..")


@router.get("/problems")
async def problems() -> Response:
    """Every problem type there is."""
    names = sorted(problem_texts())
    rows = "".join(f'<li><a href="problems/{name}"><code>{name}</code></a></li>' for name in names)
    return _shown("Problems", f"<h1>Problems</h1><ul>{rows}</ul>", up=".")


@router.get("/problems/{name}")
async def problem(name: str) -> Response:
    """What a problem type means and what to do about it."""
    if name not in problem_texts():
        raise HTTPException(404)
    return _shown(name, f"<h1>{html.escape(name)}</h1>\n{problem_page(name)}", up="..")


def _destinations() -> tuple[tuple[str, str], ...]:
    pages = ((f"pages/{name}", title) for name, (_, title) in PAGES.items())
    return (
        ("docs", "The API, to try"),
        ("openapi.json", "OpenAPI"),
        ("problems", "Problems"),
        *pages,
    )


def _nav(up: str, *, kind: str = "") -> str:
    links = "".join(f'<a href="{up}/{path}">{text}</a>' for path, text in _destinations())
    return f'<nav class="ours {kind}"><a href="{up}/"><b>Accord</b></a>{links}</nav>\n'


def _shown(title: str, body: str, *, up: str, fresh: bool = False) -> Response:
    """A page of ours; `fresh` where it says how things stand now."""
    whole = f'{_nav(up)}<main class="ours">{body}</main>'
    name = title if title == "Accord" else f"{html.escape(title)} - Accord"
    text = _PAGE.format(title=name, up=up, head="", body=whole)
    kept = {"Cache-Control": "no-store"} if fresh else _A_DAY
    return HTMLResponse(text, headers=kept | _PAGE_HEADERS)


@lru_cache(maxsize=1)
def _document(app: FastAPI) -> tuple[bytes, str]:
    text = orjson.dumps(app.openapi())
    return text, f'"{sha256(text).hexdigest()[:32]}"'
