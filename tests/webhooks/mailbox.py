"""A mail server for tests: it speaks as much SMTP as a letter takes, and keeps what came."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from email import message_from_string, policy


@dataclass
class Mailbox:
    """What was handed in; `refusing` answers each letter with 451."""

    letters: list = field(default_factory=list)
    refusing: bool = False
    url: str = ""


@contextlib.asynccontextmanager
async def mailbox():
    box = Mailbox()

    async def serve(reader, writer):
        async def say(line):
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await say("220 mail.test ESMTP")
        to = []
        while line := (await reader.readline()).decode().strip():
            word = line.split(" ")[0].split(":")[0].upper()
            if word == "RCPT":
                to.append(line.partition(":")[2].strip("<> "))
            if word == "DATA":
                await say("354 go on")
                text = (await reader.readuntil(b"\r\n.\r\n")).decode()
                if not box.refusing:
                    box.letters.append((to, message_from_string(text, policy=policy.default)))
                await say("451 later" if box.refusing else "250 taken")
                continue
            await say("221 bye" if word == "QUIT" else "250 mail.test")
            if word == "QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    box.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield box
    finally:
        server.close()
