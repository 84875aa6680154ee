"""Where a debtor's link is: by the setting, whatever a proxy makes of the request."""

import pytest
from fastapi import Request

from app.routers.links.addresses import is_encrypted, link_path, link_url


def asked(public_url=None, *, scheme="http", root_path=""):
    return Request({
        "type": "http", "scheme": scheme, "server": ("10.0.0.7", 8000), "path": "/v1/accounts",
        "root_path": root_path, "query_string": b"", "headers": [(b"host", b"accord:8000")],
        "state": {} if public_url is None else {"public_url": public_url},
    })  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "url", "path", "encrypted"),
    [
        (asked(), "http://accord:8000/l/t", "/l/t", False),
        (asked(scheme="https"), "https://accord:8000/l/t", "/l/t", True),
        (asked(root_path="/debt"), "http://accord:8000/debt/l/t", "/debt/l/t", False),
        (asked("https://pay.example.com"), "https://pay.example.com/l/t", "/l/t", True),
        (asked("https://example.com/pay/"), "https://example.com/pay/l/t", "/pay/l/t", True),
    ],
    ids=["by the host", "by https", "below a path", "as set", "as set, with a path"],
)
def test_the_address_is_the_one_debtors_know(request_, url, path, encrypted):
    assert link_url(request_, "t") == url
    assert link_path(request_, "t") == path
    assert is_encrypted(request_) is encrypted
