"""One worker of a sweep, a process of its own: it says `ready`, waits for a day, sweeps, reports.

ACCORD_DATABASE_URL=… python -m benchmarks.sweep_worker TENANT
"""

import asyncio
import json
import os
import resource
import sys
import time
from datetime import date
from uuid import UUID

from app.services.collector import collect_rarely
from app.services.day_close.sweep import sweep
from app.storage.database.engine import Database


async def main() -> None:
    tenant = UUID(sys.argv[1])
    database = Database(os.environ["ACCORD_DATABASE_URL"], pool_size=2, statement_timeout_s=600)
    collect_rarely()
    async with database.transaction():
        print("ready", flush=True)
    for line in sys.stdin:
        begun, used = time.perf_counter(), time.process_time()
        report = await sweep(database, tenant, business_date=date.fromisoformat(line.strip()))
        found = {
            "examined": report.examined,
            "changed": report.changed,
            "told": sum(report.by_transition.values()),
            "seconds": time.perf_counter() - begun,
            "python_s": time.process_time() - used,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(found), flush=True)
    await database.dispose()


if __name__ == "__main__":
    asyncio.run(main())
