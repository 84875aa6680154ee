"""The HTTP API as a runner of steps sees it: an answer, a refusal, or something not built yet."""

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import httpx

_NOT_BUILT = {"/problems/no-such-path", "/problems/method-not-allowed", "/problems/not-built"}
_ID = re.compile(r"/[a-z]+_[0-9a-z]{26}\b")
_NOT_IMPLEMENTED = 501
_CLIENT_ERROR = 400

Document = dict[str, Any]


class NotPlayable(Exception):
    """A step nobody can play yet: the runner does not know it, or the service has not built it."""


class Unknown(Exception):
    """An op, an option or a figure nobody here knows. Such a case has failed, by that name."""


class Refused(Exception):
    """The service refused what the step asks."""

    def __init__(self, call: str, problem: Mapping[str, Any], status: int) -> None:
        self.members = problem
        self.problem = str(problem.get("type", "")).removeprefix("/problems/")
        errors = "; ".join(f"{e['pointer']} {e['detail']}" for e in problem.get("errors", ()))
        said = errors or problem.get("detail", "")
        super().__init__(f"{call} answered {status} {self.problem}: {said}")


class Api:
    """One tenant's API. Every reference it makes up is new, so that runs do not meet."""

    def __init__(self, client: httpx.AsyncClient, *, run: str) -> None:
        self._client = client
        self.run = run
        self.policies: set[str] = set()  # saved in this run
        self.staff: Callable[[str, str], Api] | None = None  # people with a role and a name
        self._numbers = count(1)

    def new_reference(self) -> str:
        return f"{self.run}-{next(self._numbers)}"

    async def get(self, path: str, **params: object) -> Document:
        asked = {name: str(value) for name, value in params.items() if value is not None}
        return _read("GET", path, await self._client.get(path, params=asked))

    async def raw(self, path: str) -> httpx.Response:
        """An answer that need not be JSON."""
        answer = await self._client.get(path)
        if answer.status_code >= _CLIENT_ERROR:
            _read("GET", path, answer)
        return answer

    async def post(self, path: str, body: Mapping[str, object]) -> Document:
        sent = {name: value for name, value in body.items() if value is not None}
        return _read("POST", path, await self._client.post(path, json=sent))

    async def submit(
        self, path: str, *, headers: Mapping[str, str] | None = None, **said: str
    ) -> httpx.Response:
        """What a browser sends from a page; whatever it answers."""
        return await self._client.post(path, data=said, headers=headers)

    async def upload(self, path: str, content: str, **params: str) -> Document:
        """A file as a body."""
        answer = await self._client.post(path, content=content.encode(), params=params)
        return _read("POST", path, answer)

    async def put(self, path: str, body: Mapping[str, object]) -> Document:
        return _read("PUT", path, await self._client.put(path, json=body))

    async def patch(self, path: str, body: Mapping[str, object]) -> Document:
        return _read("PATCH", path, await self._client.patch(path, json=body))

    async def pages(self, path: str, **params: object) -> list[Document]:
        """Every item of a list, page after page."""
        items: list[Document] = []
        cursor: object = None
        while True:
            page = await self.get(path, **params, cursor=cursor)
            items += page["data"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return items


def _read(method: str, path: str, answer: httpx.Response) -> Document:
    call = f"{method} {path}"
    if answer.status_code < _CLIENT_ERROR:
        return answer.json() if answer.content else {}
    problem = _problem(answer)
    if answer.status_code == _NOT_IMPLEMENTED or problem.get("type") in _NOT_BUILT:
        raise NotPlayable(f"{_ID.sub('/{id}', call)} is not built")
    raise Refused(call, problem, answer.status_code)


def _problem(answer: httpx.Response) -> Document:
    try:
        body = answer.json()
    except ValueError:
        return {"detail": answer.text[:200]}
    return body if isinstance(body, dict) else {"detail": str(body)}
