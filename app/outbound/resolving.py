"""Which addresses a name has, all of them checked: one that is private closes the name."""

import asyncio
import socket
from collections.abc import Collection
from ipaddress import ip_address

from app.domain.webhooks.addresses import Address, Network, may_connect


class Unreachable(Exception):
    """No connection is opened; `why` is what the log of deliveries says of it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def resolve(host: str, port: int, allowed: Collection[Network] = ()) -> tuple[Address, ...]:
    """Every address of a host, in the resolver's order.

    Raises `Unreachable` where there is none, or where any of them may not be connected to: a
    name that answers with both is somebody's attempt at the private one.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name-not-resolved") from None
    addresses = tuple(dict.fromkeys(ip_address(one[4][0]) for one in found))
    if not addresses:
        raise Unreachable("name-not-resolved")
    if not all(may_connect(one, allowed) for one in addresses):
        raise Unreachable("private-address")
    return addresses
