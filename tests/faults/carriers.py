"""Carriers of messages that break off as the dice fall, and know what they took."""

import asyncio
import contextlib
from collections import Counter

import orjson
from aiosmtpd.smtp import SMTP


class Carrier:
    """What the outside got: by message, how often it was taken; and how it behaved."""

    def __init__(self, dice):
        self.taken, self.did, self._dice = Counter(), Counter(), dice

    def mood(self, *moods):
        """One of the moods, each in one of twenty; else none."""
        place = self._dice.randrange(20)
        chosen = moods[place] if place < len(moods) else "takes it"
        self.did[chosen] += 1
        return chosen


class Mail(Carrier):
    """A mail server: it knows no message again."""

    async def open(self):
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mail.test", loop=loop), "127.0.0.1", 0
        )
        self.url = f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self):
        self._server.close()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        mood = self.mood("breaks before DATA", "breaks during DATA", "breaks after DATA", "451")
        session.mood = mood
        if mood == "breaks before DATA":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 yes"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if session.mood == "breaks during DATA":
            server.transport.abort()
            return "451 no"
        if session.mood == "451":
            return "451 later"
        head = envelope.content.decode().partition("Message-ID: <")[2]
        self.taken[head.partition("@")[0]] += 1
        if session.mood == "breaks after DATA":
            server.transport.abort()
        return "250 taken"


class Provider(Carrier):
    """An HTTP provider: one key is one message."""

    async def open(self):
        self.requests = Counter()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/m"

    def close(self):
        self._server.close()

    async def _serve(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            mood = self.mood("hangs up before", "hangs up after", "503")
            if mood != "hangs up before":
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
                body = orjson.loads(await reader.readexactly(length))
                self._answer(writer, body["id"], mood)
                await writer.drain()
        writer.close()

    def _answer(self, writer, key, mood):
        self.requests[key] += 1
        if mood == "503":
            writer.write(b"HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n")
            return
        self.taken[key] = 1
        if mood == "takes it":
            said = orjson.dumps({"provider_message_id": f"pm-{key}"})
            writer.write(b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n%s" % (len(said), said))
