"""The demo's own receiver of webhooks: what somebody's billing system would be, in forty lines.

It listens on this machine, believes a request only if the endpoint's secret signed it, keeps
each event once, and answers 204.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from app.cli.demo.teller import Document
from app.domain.webhooks.signature import accepts
from app.routers.edge.deps import here_and_now

#: Where the demo's server may send webhooks to: this machine.
NETWORKS = "127.0.0.0/8"
_MOST_BYTES = 100_000


class Receiver:
    """What was received: events by their id, in the order they came; and how many were refused."""

    def __init__(self) -> None:
        self.secret = ""
        self.url = ""
        self.refused = 0
        self._events: dict[str, Document] = {}
        self._lock = Lock()

    @property
    def events(self) -> list[Document]:
        with self._lock:
            return list(self._events.values())

    def receive(self, headers: dict[str, str], body: bytes) -> bool:
        """Whether it is believed; an event that was seen is believed and not kept again."""
        with self._lock:
            if not self.secret or not accepts(self.secret, headers, body, now=here_and_now("UTC")):
                self.refused += 1
                return False
            self._events.setdefault(headers["webhook-id"], json.loads(body))
            return True


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port that is free, for as long as the block lasts."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("content-length") or 0), _MOST_BYTES)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(204 if receiver.receive(headers, self.rfile.read(length)) else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The story tells it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/accord"
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
