"""Pages as people see them: a debtor's link in each of its states, `/` and `/docs`.

    make clients          # runs this after the clients
    python -m tests.clients.pages [FOLDER]      (where the pictures go)

Chromium opens each page of a running server, in light and in dark, 360 pixels wide and 1280. Axe
must find nothing on a debtor's pages, and nothing may be wider than the screen. `/` and `/docs` are
looked at for their width alone: what draws the document there is not ours. Without Chromium on this
machine nothing is looked at, and that is said.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.load import ROOT, place, serving

CLIENTS = ROOT / "clients"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_S = 300
#: Of a page: light and dark, narrow and wide.
LOOKS = 4
DEBTOR = {"name": "Ada Byron", "reference": "D-1", "email": "ada@example.com", "language": "en",
          "time_zone": "America/Chicago"}  # fmt: skip
TERMS = {
    "installment_count": 12,
    "frequency": {"every": 1, "unit": "month"},
    "first_due_on": "2026-02-15",
}
POSTAL = {"lines": ["1 Main St"], "city": "Austin", "region": "US-TX", "postal_code": "78701",
          "country": "US"}  # fmt: skip
EVERYTHING = ["view", "choose", "consent", "accept_settlement", "preferences", "update_points",
              "message"]  # fmt: skip


def main() -> None:
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("No Chromium here: pages were not looked at.")
        return
    with TemporaryDirectory(prefix="accord-pages-") as folder:
        pictures = Path(sys.argv[1] if len(sys.argv) > 1 else folder)
        raise SystemExit(asyncio.run(looked(browser, pictures)))


async def looked(browser: str, pictures: Path) -> int:
    async with place() as at:
        with serving(at) as port:
            base = f"http://127.0.0.1:{port}"
            headers = {"Authorization": f"Bearer {at.token}", "Accord-Actor": "ada"}
            with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
                wanted = [
                    {"name": "start", "url": "/"},
                    {"name": "docs", "url": "/docs", "shows": ".opblock-tag"},
                    *of_links(client),
                ]
            return shown(browser, pictures, [{**one, "url": base + one["url"]} for one in wanted])


def shown(browser: str, pictures: Path, wanted: Sequence[Mapping[str, Any]]) -> int:
    """Whether anything was found; it prints what."""
    done = subprocess.run(
        ["node", "pages.mjs", str(pictures)],
        cwd=CLIENTS, env={**os.environ, "CHROMIUM": browser}, timeout=PATIENCE_S,
        input="".join(json.dumps(one) + "\n" for one in wanted),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        print(done.stderr)
        return 1
    looks = [json.loads(line) for line in done.stdout.splitlines()]
    failed = [one for one in looks if one["overflow"] > 0 or (_ours(one) and one["findings"])]
    for one in failed:
        print(json.dumps(one, indent=2))
    others = {each["id"] for one in looks if not _ours(one) for each in one["findings"]}
    print(f"{len(looks)} looks at {len(wanted)} pages, {len(failed)} with a finding")
    print(f"Axe, of what draws the document: {', '.join(sorted(others)) or 'nothing'}")
    return min(len(failed) + (len(looks) != LOOKS * len(wanted)), 1)


def _ours(look: dict[str, Any]) -> bool:
    return bool(look["name"] != "docs")


def of_links(client: httpx.Client) -> Iterator[dict[str, Any]]:
    """A page in each state: asked, answered wrongly, all it may hold, in German, and ended."""
    account = made(client, "/v1/accounts", {
        "reference": "INV-2026-0042", "currency": "USD", "product": "invoice",
        "opened_on": "2026-01-02", "balance": {"principal_minor": 1_200_00}, "debtor": DEBTOR,
    })  # fmt: skip
    own, person = f"/v1/accounts/{account['id']}", account["debtor"]["id"]
    address = {"kind": "postal", "value": "1 Main St, Austin", "postal": POSTAL}
    made(client, f"/v1/persons/{person}/contact-points", address)
    quote = made(client, f"{own}/quotes", {"terms": TERMS})
    expires = {"share_bps": 9000, "expires_on": "2026-02-10"}
    offer = made(client, f"{own}/settlement-offers", expires)

    def link(*purposes: str, **more: object) -> dict[str, Any]:
        body = {"person_id": person, "purposes": list(purposes), "verify": "none",
                "expires_at": "2026-02-20T00:00:00Z", **more}  # fmt: skip
        return made(client, f"{own}/links", body)

    def path(one: dict[str, Any]) -> str:
        return "/l/" + str(one["url"]).rpartition("/l/")[2]

    yield {"name": "link-question", "url": path(link("view", verify="postal_code"))}
    asked = path(link("view", verify="postal_code"))
    yield {"name": "link-wrong-answer", "url": asked, "body": {"answer": "1"}}
    choosing = {"affordable": "100", "every": "month", "first_due_on": "2026-02-15"}
    yield {"name": "link-options", "url": path(link("view", "choose")), "body": choosing}
    offers = {"quote_ids": [quote["id"]], "settlement_id": offer["id"]}
    yield {"name": "link-everything", "url": path(link(*EVERYTHING, **offers))}
    german = link(*EVERYTHING, **offers, locale="de-DE", return_url="https://example.com/portal")
    yield {"name": "link-german", "url": path(german)}
    ended = link("view")
    made(client, f"/v1/links/{ended['id']}/revoke", {"reason": "sent to a wrong address"})
    yield {"name": "link-ended", "url": path(ended)}
    yield {"name": "link-unknown", "url": "/l/" + "x" * 43}
    planned = made(client, "/v1/accounts", {
        "reference": "INV-2026-0043", "currency": "USD", "product": "invoice",
        "opened_on": "2026-01-02", "balance": {"principal_minor": 1_200_00}, "debtor": DEBTOR,
    })  # fmt: skip
    made(client, "/v1/plans", {"account_id": planned["id"], "terms": TERMS})
    body = {"person_id": person, "purposes": ["view"], "verify": "none",
            "expires_at": "2026-02-20T00:00:00Z"}  # fmt: skip
    yield {
        "name": "link-plan",
        "url": path(made(client, f"/v1/accounts/{planned['id']}/links", body)),
    }


def made(client: httpx.Client, path: str, body: object) -> dict[str, Any]:
    answer = client.post(path, json=body)
    if answer.is_error:
        raise SystemExit(f"{path}: {answer.text}")
    found: dict[str, Any] = answer.json()
    return found


if __name__ == "__main__":
    main()
