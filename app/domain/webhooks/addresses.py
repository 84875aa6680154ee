"""Where may a webhook go? An `https` URL, and addresses that anybody on the internet may reach.

A name is judged by what it resolves to, at each attempt; what needs no resolving is refused when
the endpoint is made. `allowed` are networks that an installation opens on purpose, for trying
things: none by default.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.domain.errors import InvalidInput
from app.domain.refusals.webhooks import PrivateAddress

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MOST_URL: Final = 2000

#: Not the internet's, and what the library's own notion of it lacks in some version: shared (CGNAT)
#: and benchmark networks, documentation, and every form in which one address hides another.
_CLOSED: Final = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
#: Names that no public resolver answers.
_INNER = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain")
_VISIBLE = re.compile(r"[!-\[\]-~]+", re.ASCII)  # no blank, no backslash
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*"
                   r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?", re.ASCII)  # fmt: skip
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_LAST_PORT = 65535


def may_connect(address: Address, allowed: Collection[Network] = ()) -> bool:
    """Whether a connection to this address may be opened."""
    if any(address in one for one in allowed):
        return True
    return address.is_global and not any(address in one for one in _CLOSED)


def check_url(url: str, allowed: Collection[Network] = (), pointer: str = "/url") -> None:
    """Raises `InvalidInput` for what is no such URL, `PrivateAddress` for whom nobody may reach.

    `http` passes only to an address that is allowed on purpose.
    """
    parts = _parts(url, pointer)
    host = (parts.hostname or "").rstrip(".")
    address = _address(host)
    if address is None:
        _check_name(host, pointer)
        opened = host == "localhost" and any(one.is_loopback for one in allowed)
        inner = "." not in host or any(host == one or host.endswith(f".{one}") for one in _INNER)
        if inner and not opened:
            raise PrivateAddress(host=host)
    else:
        opened = any(address in one for one in allowed)
        if not may_connect(address, allowed):
            raise PrivateAddress(host=host)
    if parts.scheme != "https" and not opened:
        raise InvalidInput.at(pointer, "should begin with https://")


def _parts(url: str, pointer: str) -> SplitResult:
    if len(url) > MOST_URL or not _VISIBLE.fullmatch(url):
        raise InvalidInput.at(pointer, f"should be a URL of at most {MOST_URL} ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput.at(pointer, "should be a URL") from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise InvalidInput.at(pointer, "should begin with https:// and name a host")
    if "@" in parts.netloc:
        raise InvalidInput.at(pointer, "should hold no user and no password: use `headers`")
    if "#" in url:
        raise InvalidInput.at(pointer, "should hold no fragment")
    if port is not None and not 1 <= port <= _LAST_PORT:
        raise InvalidInput.at(pointer, "should name a port from 1 to 65535, or none")
    return parts


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_name(host: str, pointer: str) -> None:
    """A name, and none that some resolver reads as a number."""
    if not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rpartition(".")[2]):
        raise InvalidInput.at(pointer, "should name a host by its name or its address")
