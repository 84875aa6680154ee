"""How the demo speaks: it asks the API, shows each answer as a small table, and stops at a no."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from app.cli.console import out

Document = dict[str, Any]
_CENTS = 100
_WIDTH = 100  # longer lines are hard to read
_QUOTED = 4


class StoryBroken(Exception):
    """The service did not do what the story says: the answer it gave instead."""

    def __init__(self, call: str, answer: object) -> None:
        shown = answer if isinstance(answer, str) else json.dumps(answer, indent=2)
        super().__init__(f"{call} did not go as told:\n{shown}")


class Teller:
    """A client of the API and the page its story is written on."""

    def __init__(self, client: httpx.Client, page: Console = out) -> None:
        self._client = client
        self._page = page
        self._steps = 0

    def step(self, title: str, sentence: str) -> None:
        """Begin the next step: what happens, in one sentence."""
        self._steps += 1
        self._page.print(f"[bold]{self._steps}. {escape(title)}[/bold]")
        self._page.print(escape(sentence), soft_wrap=False, width=min(self._page.width, _WIDTH))
        self._page.print()

    def table(self, columns: Mapping[str, str], documents: Iterable[Document]) -> None:
        """A row for each document, a column for each field: its heading, and where it is.

        `plan.paid_minor` is a field of a field. Money and days are figures and stand right.
        """
        made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for heading, field in columns.items():
            figures = field.endswith(("_minor", "_days", "sequence"))
            made.add_column(heading, justify="right" if figures else "left")
        for document in documents:
            made.add_row(*(escape(_cell(document, field)) for field in columns.values()))
        self._page.print(made)
        self._page.print()

    def quote(self, lines: Iterable[str]) -> None:
        """What a letter says, set in a little."""
        width = min(self._page.width, _WIDTH)
        for line in lines:
            text = Padding(escape(line), (0, 0, 0, _QUOTED), expand=False)
            self._page.print(text, soft_wrap=False, width=width)
        self._page.print()

    def text(self, path: str) -> str:
        """A letter as plain text."""
        answer = self._client.get(path, headers={"Accept": "text/plain"})
        if not answer.is_success:
            self._read(answer, expected=200)
        return answer.text

    def get(self, path: str, **params: object) -> Document:
        asked = {name: str(value) for name, value in params.items()}
        return self._read(self._client.get(path, params=asked), expected=200)

    def post(self, path: str, *, expected: int = 201, **body: object) -> Document:
        return self._read(self._client.post(path, json=body), expected=expected)

    def clock(self, day: str) -> None:
        """It is this day now, for this tenant."""
        answer = self._client.put("/v1/sandbox/clock", json={"business_date": day})
        self._read(answer, expected=200)

    def _read(self, answer: httpx.Response, *, expected: int) -> Document:
        call = f"{answer.request.method} {answer.request.url.path}"
        try:
            document: Document = answer.json()
        except ValueError:
            raise StoryBroken(call, answer.text[:1000]) from None
        if answer.status_code != expected:
            raise StoryBroken(f"{call} ({answer.status_code}, not {expected})", document)
        return document


def expect(claim: str, found: object, wanted: object) -> None:
    """The story says so, and the service must agree. Raises `StoryBroken`."""
    if found != wanted:
        raise StoryBroken(claim, f"expected {wanted!r}, found {found!r}")


def dollars(minor: int) -> str:
    """1,200.00 as people write it."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // _CENTS:,}.{abs(minor) % _CENTS:02}"


def _cell(document: Document, field: str) -> str:
    value: object = document
    for name in field.split("."):
        value = value[name] if isinstance(value, dict) else None
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "NO"
        case int() if field.endswith("_minor"):
            return dollars(value)
    return str(value)
