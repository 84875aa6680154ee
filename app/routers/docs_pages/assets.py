"""What a page loads besides itself: Swagger UI's own files, a script and a style of ours.

Nothing here needs the internet: Swagger UI comes in a wheel (`fastapi-swagger` ships each
of its releases; only its files are used).
"""

from functools import cache
from importlib.resources import files
from typing import Final

TYPES: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
    "start.js": "text/javascript",
    "pages.css": "text/css",
}
#: A key stays in the browser only where the address asks for it: `/docs?keep-key`. Every POST that
#: names no idempotency key of its own gets a new one. Refusals are folded until they are asked for.
_START: Final = """"use strict";
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "docs-" + Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

SwaggerUIBundle({
  url: new URL("../../openapi.json", document.currentScript.src).pathname,
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  persistAuthorization: new URLSearchParams(location.search).has("keep-key"),
  requestInterceptor: (request) => {
    if (request.method === "POST" && !request.headers["Idempotency-Key"]) {
      request.headers["Idempotency-Key"] = newKey();
    }
    return request;
  },
  tryItOutEnabled: true,
  validatorUrl: null
});

document.addEventListener("click", (event) => {
  const row = event.target.closest(".responses-table tr.response[data-code]");
  if (row && event.target.closest(".response-col_status")) row.classList.toggle("unfolded");
});
"""
_STYLE: Final = """:root { color-scheme: light dark;
  --line: #ccd; --soft: #5a6472; --back: #fff; --text: #1c2733;
  --link: #0b5cad; --code: #f0f2f5; --good: #1a7f37; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --line: #3a4350; --soft: #a3adba; --back: #1c2022;
  --text: #e4e6e6; --link: #7db8f7; --code: #2a3036; --good: #4ac26b; --bad: #ff8a80; } }
html { background: var(--back); }
body { margin: 0; }
nav.ours, main.ours { font: 1rem/1.55 system-ui, sans-serif; color: var(--text); max-width: 46rem;
  margin: 0 auto; padding: 0 1rem; overflow-wrap: break-word; }
nav.ours { padding-top: 1rem; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }
nav.wide { max-width: 1420px; }
main.ours { padding-bottom: 4rem; }
.ours a { color: var(--link); }
.ours code { background: var(--code); border-radius: 3px; padding: .1em .3em; font-size: .9em; }
.ours pre { background: var(--code); border-radius: 6px; padding: .8rem; overflow-x: auto; }
.ours pre code { padding: 0; }
.ours .wide-table { overflow-x: auto; }
.ours table { border-collapse: collapse; }
.ours th, .ours td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left;
  vertical-align: top; }
.ours .state { font-weight: 600; }
.ours .state.ok { color: var(--good); }
.ours .state.not { color: var(--bad); }
.ours .soft { color: var(--soft); }
.responses-table tr.response[data-code^="4"] .response-col_status,
.responses-table tr.response[data-code^="5"] .response-col_status { cursor: pointer; }
.responses-table tr.response[data-code^="4"] .response-col_status::after,
.responses-table tr.response[data-code^="5"] .response-col_status::after {
  content: " more"; color: var(--soft); font-size: .75rem; }
.responses-table tr.response[data-code^="4"].unfolded .response-col_status::after,
.responses-table tr.response[data-code^="5"].unfolded .response-col_status::after {
  content: " less"; }
.responses-table tr.response[data-code^="4"]:not(.unfolded)
  .response-col_description > :not(:first-child),
.responses-table tr.response[data-code^="5"]:not(.unfolded)
  .response-col_description > :not(:first-child),
.responses-table tr.response[data-code^="4"]:not(.unfolded) .response-col_links,
.responses-table tr.response[data-code^="5"]:not(.unfolded) .response-col_links { display: none; }
.responses-table tr.response[data-code^="4"]:not(.unfolded) td,
.responses-table tr.response[data-code^="5"]:not(.unfolded) td { padding-top: 2px; }
.responses-table tr.response[data-code^="4"]:not(.unfolded) .renderedMarkdown p,
.responses-table tr.response[data-code^="5"]:not(.unfolded) .renderedMarkdown p { margin: 0; }
"""
_OURS: Final = {"start.js": _START, "pages.css": _STYLE}


@cache
def content(name: str) -> bytes:
    """An asset of `TYPES`, as bytes."""
    if name in _OURS:
        return _OURS[name].encode()
    return (files("fastapi_swagger") / "resources" / name).read_bytes()
