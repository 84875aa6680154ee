"""What may be asked of a path, by all the routes that it has."""

from collections.abc import Sequence

from fastapi import Request
from fastapi.routing import APIRoute


def methods_at(request: Request) -> str:
    """What may be asked of a path, for `Allow`; empty where there is no such path."""
    return literally_allowed(request) or _allowed(_routes_at(request))


def _routes_at(request: Request) -> list[APIRoute]:
    """Every route of the path, whatever its method."""
    path = request.scope["path"]
    routes = request.scope["app"].router.routes
    return [one for one in routes if isinstance(one, APIRoute) and one.path_regex.match(path)]


def literally_allowed(request: Request) -> str:
    """The methods of the routes written exactly so: `batch` is never an id."""
    path = request.scope["path"]
    return _allowed([one for one in _routes_at(request) if one.path == path])


def _allowed(routes: Sequence[APIRoute]) -> str:
    methods = {method for one in routes for method in one.methods or ()}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted({*methods, "OPTIONS"} if methods else ()))
