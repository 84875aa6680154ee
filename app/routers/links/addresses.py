"""Where a debtor's link is: its address to give away, the path of its forms, its cookie's.

The address debtors know is a setting (`ACCORD_PUBLIC_URL`). Behind a proxy the request's own may
be one that only the proxy knows, by another scheme, and without the path it took away.
"""

from urllib.parse import urlsplit

from fastapi import Request


def link_url(request: Request, token: str) -> str:
    """The address that a debtor is given; without the setting, by the host that was asked."""
    return f"{(_public(request) or str(request.base_url)).rstrip('/')}/l/{token}"


def link_path(request: Request, token: str) -> str:
    """The path by which a browser knows the page: that of its forms, and of its cookie."""
    public = _public(request)
    root = request.scope.get("root_path", "") if public is None else urlsplit(public).path
    return f"{root.rstrip('/')}/l/{token}"


def is_encrypted(request: Request) -> bool:
    """Whether browsers reach the page by HTTPS, so that its cookie goes no other way."""
    asked_by = urlsplit(_public(request) or "").scheme or request.url.scheme
    return "https" in (asked_by, request.url.scheme)


def _public(request: Request) -> str | None:
    said: str | None = request.scope["state"].get("public_url")
    return said
