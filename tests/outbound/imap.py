"""A mailbox that speaks IMAP as far as ours is asked: a counterpart, on a port of its own."""

import contextlib
import re
import socketserver
import threading

CAME = "16-Jan-2026 17:30:00 +0000"


class Mails(socketserver.ThreadingTCPServer):
    """`mails`: raw, by uid. `flags`: what was set on each. `breaks`: it hangs up when asked so."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self, mails, *, password="word", breaks=None):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails = {str(uid): raw for uid, raw in enumerate(mails, start=7)}
        self.flags = dict.fromkeys(self.mails, "")
        self.password, self.breaks, self.folder = password, breaks, None

    def url(self, *, password="word", folder=""):
        return f"imap://user:{password}@127.0.0.1:{self.server_address[1]}/{folder}"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, words = line.decode().rstrip("\r\n").split(" ", 1)
            verb = words.split(" ")[0].upper()
            if verb == "UID":
                verb = words.split(" ")[1].upper()
            if verb == self.server.breaks:
                return
            done = getattr(self, f"_{verb.lower()}")(words) or "OK done"
            self.wfile.write(f"{tag} {done}\r\n".encode())
            if verb == "LOGOUT":
                return

    def _say(self, said):
        self.wfile.write(f"* {said}\r\n".encode())

    def _capability(self, _):
        self._say("CAPABILITY IMAP4rev1")

    def _login(self, words):
        return None if words.endswith(f'"{self.server.password}"') else "NO wrong"

    def _select(self, words):
        self.server.folder = words.split(" ", 1)[1].strip('"')
        self._say(f"{len(self.server.mails)} EXISTS")
        return "OK [READ-WRITE] selected"

    def _search(self, _):
        unseen = [uid for uid, flags in self.server.flags.items() if "Seen" not in flags]
        self._say(" ".join(["SEARCH", *unseen]))

    def _fetch(self, words):
        uid = words.split(" ")[2]
        most = int(re.search(r"<0\.(\d+)>", words)[1])
        raw = self.server.mails[uid][:most]
        head = (
            f'1 FETCH (UID {uid} INTERNALDATE "16-Jan-2026 17:30:00 +0000" BODY[]<0> {{{len(raw)}}}'
        )
        self.wfile.write(f"* {head}\r\n".encode() + raw + b")\r\n")

    def _store(self, words):
        _, _, uids, _, flags = words.split(" ", 4)
        for uid in uids.split(","):
            self.server.flags[uid] += flags

    def _logout(self, _):
        self._say("BYE")


@contextlib.contextmanager
def mailbox(*mails, **how):
    """One that holds these mails, for as long as the block lasts."""
    with Mails(mails, **how) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
