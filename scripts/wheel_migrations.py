"""Puts the migrations inside the wheel, as `app/alembic`. A checkout reads them where they are."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MigrationsHook(BuildHookInterface[Any]):
    """Called by hatchling for each build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folder, except to an editable install: its copy would go stale."""
        if version != "editable" and (Path(self.root) / "alembic").is_dir():
            build_data["force_include"]["alembic"] = "app/alembic"
