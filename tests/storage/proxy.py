"""A way to a PostgreSQL server that can go silent: it takes what is sent and passes nothing on.

It can go silent within a statement, too: what the server waits for then is the message that says
the statement is whole, and to itself the server is at work.
"""

import asyncio
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

_SYNC = b"S\x00\x00\x00\x04"


class Proxy:
    """Listens on a port of its own; `silence` strikes the connections that there are."""

    def __init__(self, url):
        address = urlsplit(url)
        folder = parse_qs(address.query).get("host")
        self._socket = f"{folder[0]}/.s.PGSQL.5432" if folder else None
        self._port = address.port
        self._silent = asyncio.Event()
        self._writers = []
        self._cue = None
        self.accepted = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._writers:
            writer.close()

    def silence(self):
        """The connections there are pass nothing on any more; new ones do."""
        self._silent.set()
        self._silent = asyncio.Event()

    def silence_within(self, cue):
        """The connection that sends this next is silent from the end of that statement on."""
        self._cue = cue

    async def _accept(self, reader, writer):
        self.accepted += 1
        silent = self._silent
        if self._socket:
            behind, before = await asyncio.open_unix_connection(self._socket)
        else:
            behind, before = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [writer, before]
        await asyncio.gather(self._pass(reader, before, silent), self._pass(behind, writer, silent))

    async def _pass(self, reader, writer, silent):
        with suppress(ConnectionError):
            while said := await reader.read(65536):
                if self._cue is not None and self._cue in said and not silent.is_set():
                    self._cue = None
                    writer.write(said.removesuffix(_SYNC))
                    await writer.drain()
                    self.silence()
                if not silent.is_set():
                    writer.write(said)
                    await writer.drain()
            if not silent.is_set():
                writer.close()
