"""One JSON line a request, and one for every bug; no personal data in either.

A line names the route by its template, never by the path or query that was asked for, and
the tenant, never the actor. Tracebacks are frames without values; of an error's message
only the first line is kept, because the database quotes a row's content in the next.
"""

import logging
import sys
import traceback
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any, Protocol, TextIO, cast

import orjson
import structlog

Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_MAX_MESSAGE = 300
_MAX_FRAMES = 40


class Log(Protocol):
    """What is asked of the logger here: an event, and its figures by name."""

    def info(self, event: str, **figures: object) -> object: ...
    def warning(self, event: str, **figures: object) -> object: ...
    def error(self, event: str, **figures: object) -> object: ...


class _Output:
    """Standard output as it is at each line; loggers are made once and live long."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


log: Log = structlog.get_logger("accord")


def configure(level: str = "info", form: str = "json") -> None:
    """Send our lines, and those of the server and the libraries, to standard output as JSON."""
    shared: list[Callable[..., Any]] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _without_values,
    ]
    renderer = _renderer(form)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Output())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_Output())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel(logging.WARNING)  # readiness asks it every few seconds
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # ours say what was swept
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"  # ours says it better


def exception_facts(error: BaseException) -> dict[str, object]:
    """An error without anybody's data: its type, its first line, and where it came through."""
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    cause = error.__cause__ or error.__context__
    return {
        "error": type(error).__name__,
        "message": (str(error).splitlines() or [""])[0][:_MAX_MESSAGE],
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        **({"cause": type(cause).__name__} if cause else {}),
    }


def _without_values(_logger: object, _method: str, event: Event) -> Event:
    info: ExcInfo | BaseException | bool | None = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()[1]
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.update(exception_facts(error))
    return event


def _renderer(form: str) -> Callable[..., Any]:
    if form == "text":
        return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    return structlog.processors.JSONRenderer(_json)


def _json(event: Event, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
