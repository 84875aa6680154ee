"""The conformance runner: `python -m tests.scenarios.play FILE… [--only OP…]`.

Plays step files and lives against the HTTP API, in a service of its own or, with `--base-url`
and `--key`, in one that runs elsewhere, as a sandbox tenant. See README.md beside this file.
"""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.routers.edge import logs
from tests.scenarios import service
from tests.scenarios.files import Unreadable, read_cases
from tests.scenarios.runner import Case, Result, Verdict, closing, play

_UNUSABLE = 2


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios.play", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--only", nargs="+", metavar="OP",
        help="play only cases all of whose ops are among these and the basic ones",
    )  # fmt: skip
    parser.add_argument("--base-url", help="play against a service that runs there")
    parser.add_argument(
        "--key", default=os.environ.get("ACCORD_KEY"),
        help="the key of a sandbox tenant there (default: ACCORD_KEY)",
    )  # fmt: skip
    asked = parser.parse_args(argv)
    if asked.base_url and not asked.key:
        parser.error("--base-url needs --key")
    return asked


async def _play_all(asked: argparse.Namespace, cases: Sequence[Case]) -> list[Result]:
    only = None
    if asked.only is not None:
        only = {op for said in asked.only for op in said.split(",") if op}
    results: list[Result] = []
    async with contextlib.AsyncExitStack() as parts:
        if asked.base_url:
            api = service.over(None, base_url=asked.base_url, key=asked.key)
        else:
            api = await parts.enter_async_context(service.in_process())
        for case in cases:
            results.append(await play(api, case, only=only))
            print(results[-1], flush=True)
    return results


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line per case, the first difference of each failure, and the count. 1: a failure."""
    asked = _arguments(argv)
    try:
        cases = [case for path in asked.files for case in read_cases(path)]
    except Unreadable as error:
        print(error, file=sys.stderr)
        return _UNUSABLE
    logs.configure("error", "console")  # what was played is told below, request by request is not
    results = asyncio.run(_play_all(asked, cases))
    print(closing(results))
    return int(any(result.verdict is Verdict.FAILED for result in results))


if __name__ == "__main__":
    sys.exit(main())
