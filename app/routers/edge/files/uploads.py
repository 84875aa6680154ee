"""Files sent as bodies: taken in before the request's transaction begins.

To be named before the context, so that no transaction waits for a body. What it may have in bytes
is counted as it comes (`Observed`).
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import Annotated, BinaryIO, Final, cast

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from app.routers.edge.bodies import MAX_FILE_BYTES
from app.routers.edge.deps import let_in

_IN_MEMORY_BYTES: Final = 1 << 20


async def _sent(request: Request) -> bytes:
    return await request.body()


#: The body as it was sent.
Content = Annotated[bytes, Depends(_sent)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was sent, on disk where it is large."""

    file: BinaryIO
    size: int
    sha256: bytes


def uploads(scope: str) -> Callable[[Request], AsyncIterator[Upload]]:
    """What takes a file in, of whoever has that scope, and of nobody else."""

    async def taken_in(request: Request) -> AsyncIterator[Upload]:
        await let_in(request, scope)
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > MAX_FILE_BYTES:
            raise HTTPException(413)
        with SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
            size, digest = 0, sha256()
            async for piece in request.stream():
                digest.update(piece)
                size += file.write(piece)
            request.scope["state"]["file_hash"] = digest.digest()
            yield Upload(file=cast("BinaryIO", file), size=size, sha256=digest.digest())

    return taken_in


CanUpload = Annotated[Upload, Depends(uploads("imports:write"))]
