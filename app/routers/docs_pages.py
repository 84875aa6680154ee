"""`/docs`, its assets served by us, and the pages problem types point to.

Nothing here needs the internet: Swagger UI comes in a wheel (`fastapi-swagger` ships each
of its releases; only its files are used).
"""

import asyncio
import html
import re
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

router = APIRouter(include_in_schema=False)

_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
    "start.js": "text/javascript",
}
_A_DAY = {"Cache-Control": "public, max-age=86400"}
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Accord API</title>
<link rel="icon" href="{root}/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="{root}/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{root}/docs/assets/swagger-ui-bundle.js"></script>
<script src="{root}/docs/assets/start.js"></script>
</body>
</html>
"""
#: A key stays in the browser only where the address asks for it: `/docs?keep-key`.
_START = """SwaggerUIBundle({
  url: new URL("../../openapi.json", document.currentScript.src).pathname,
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  persistAuthorization: new URLSearchParams(location.search).has("keep-key"),
  tryItOutEnabled: true,
  validatorUrl: null
});
"""
#: What a page may load: ours. Swagger UI draws with styles of its elements and images in text.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PAGE_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
_PROBLEM_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title} - Accord</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap;font:inherit}}</style></head>
<body><h1>{title}</h1><pre>{text}</pre><p><a href="../docs">API documentation</a></p></body>
</html>
"""


@router.get("/")
async def home() -> Response:
    return RedirectResponse("docs")


@router.get("/docs")
async def docs(request: Request) -> Response:
    root = html.escape(request.scope.get("root_path", "").rstrip("/"))
    return HTMLResponse(_PAGE.format(root=root), headers=_PAGE_HEADERS)


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
    if name not in _ASSETS:
        raise HTTPException(404)
    return Response(_asset(name), media_type=_ASSETS[name], headers=_A_DAY)


@router.get("/problems/{name}")
async def problem(name: str) -> Response:
    """What a problem type means and what to do about it."""
    text = problem_texts().get(name)
    if text is None:
        raise HTTPException(404)
    page = _PROBLEM_PAGE.format(title=html.escape(name), text=html.escape(text))
    return HTMLResponse(page, headers=_A_DAY | _PAGE_HEADERS)


@cache
def problem_texts() -> dict[str, str]:
    """The sections of `docs/problems.md`, by problem type."""
    return sections(_problems_file().read_text(encoding="utf-8"))


def sections(markdown: str) -> dict[str, str]:
    """Its `## name` sections, by name."""
    parts = re.split(r"^## (\S+)\n", markdown, flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def _problems_file() -> Path:
    """In the wheel beside the package's code; in a checkout where people read it."""
    packaged = Path(str(files("app"))) / "problems.md"
    return packaged if packaged.exists() else Path(__file__).parents[2] / "docs" / "problems.md"


@lru_cache(maxsize=1)
def _document(app: FastAPI) -> tuple[bytes, str]:
    text = orjson.dumps(app.openapi())
    return text, f'"{sha256(text).hexdigest()[:32]}"'


@cache
def _asset(name: str) -> bytes:
    if name == "start.js":
        return _START.encode()
    return (files("fastapi_swagger") / "resources" / name).read_bytes()
