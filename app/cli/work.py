"""`accord work`: the workers, which send webhooks and messages, until they are told to stop.

Any number may run side by side, and beside servers that run them too (`ACCORD_WORKERS`): what
there is to send is taken in the database, by one of them.
"""

import asyncio
import signal

from app.cli.console import as_application, explained, say, the_installation
from app.config import Settings
from app.routers.edge import logs
from app.services.tenancy.installation import Installation
from app.workers.running import folders, mail_server, workers


def work() -> None:
    """Send webhooks and messages, until Ctrl-C or SIGTERM. As many of these as wanted may run."""
    with explained():
        settings = Settings()
        logs.configure(settings.log_level, settings.log_format)
        with the_installation(settings) as place:
            asyncio.run(_work(place, settings))


async def _work(place: Installation, settings: Settings) -> None:
    async with as_application(place, pool_size=1):
        pass  # it is there, and ours
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, ended.set)
    async with workers(
        place.app_url,
        allowed=settings.webhooks_allowed_networks,
        lock_timeout_s=settings.lock_timeout_seconds,
        statement_timeout_s=settings.statement_timeout_seconds,
        mail=mail_server(settings.smtp_url, settings.mail_from),
        secrets=settings.secrets,
        public_url=settings.public_url,
        bounces=settings.bounces,
        folders=folders(settings.files_dir),
        min_cell=settings.min_cell,
        fiscal_month=settings.fiscal_month,
    ):
        say("The workers are at work (Ctrl-C ends them)")
        await ended.wait()
