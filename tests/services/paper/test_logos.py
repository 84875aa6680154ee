"""Logos: an image that can be drawn, or none."""

import zlib
from base64 import b64encode
from struct import pack

import pytest

from app.services.paper.logos import logo_of


def png(wide, high, *, says=None):
    """A gray image; `says`: the size its head names, if another."""

    def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", *(says or (wide, high)), 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * wide for _ in range(high)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def said(image):
    return b64encode(image).decode()


def test_an_image_is_what_was_given():
    assert logo_of(said(png(4, 2))) == png(4, 2)


@pytest.mark.parametrize("image", [
    b"", b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n", png(4, 2)[:30], b"\xff\xd8\xff\xe0",
    png(4, 2, says=(40_000, 40_000)),  # a file that unpacks to more than it looks
])  # fmt: skip
def test_what_cannot_be_drawn_is_none(image):
    assert logo_of(said(image)) is None
    assert logo_of("not base64!") is None
