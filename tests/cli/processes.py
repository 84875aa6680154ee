"""Commands that run beside the test: what they say, and how they end."""

import re
import signal
import socket
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 180  # a loaded machine takes a minute to start a server


class Started:
    """A running command."""

    def __init__(self, process):
        self.process = process
        self.said = []  # every line read so far

    def says(self, pattern, *, on="stderr"):
        """Read lines until one matches; answers the match."""
        for line in getattr(self.process, on):
            self.said.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"it never said {pattern!r}, but: {''.join(self.said)}")

    def serves(self):
        """Wait for the address it announces."""
        return self.says(r"Accord is at (http://\S+?)/docs")[1]

    def ends(self, number):
        """Send a signal; answers the exit code."""
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


def as_from_a_terminal():
    """In the child, before the command: it would inherit what is ignored, and never end by it.

    Under nohup that is SIGHUP; behind a shell's `&`, SIGINT.
    """
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def free_port():
    """A port with a free one after it."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = one.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
            return port
