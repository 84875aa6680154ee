"""A worker in a process whose clock runs faster, so that hours of retries pass in minutes.

    python -m tests.faults.lapse URL BEGAN SPEED

Everything is the service's own: the loop, the leases, the sender. Only `now` is quicker than the
wall's, and an answer has as much less time.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from app.domain.webhooks.attempts import TIMEOUT_S
from app.outbound.http import HttpSender
from app.routers.edge import logs
from app.storage.database.engine import Database
from app.workers.loop import Pace
from app.workers.running import working
from app.workers.webhooks import LEASE, Webhooks

HERE = (ip_network("127.0.0.0/8"),)


def clock(began, speed):
    """An instant's clock that goes so many times as fast as the wall's since `began`."""

    def now():
        return datetime.fromtimestamp(began, UTC) + timedelta(seconds=(time.time() - began) * speed)

    return now


async def run(url, began, speed):
    database = Database(url, pool_size=4, application_name="accord-workers")
    now = clock(began, speed)
    sender = HttpSender(now=now, allowed=HERE, timeout_s=TIMEOUT_S / speed)
    works = [Webhooks(database, sender, now=now, lease=LEASE)]
    async with working(works, Pace(busy_s=0.05, idle_s=0.25)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    logs.configure("error", "console")
    asyncio.run(run(sys.argv[1], float(sys.argv[2]), float(sys.argv[3])))
