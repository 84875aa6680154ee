"""A logo as it is given: an image that can be drawn, looked at without unpacking it."""

from base64 import b64decode
from binascii import Error
from io import BytesIO
from typing import Final

from reportlab.lib.utils import ImageReader

#: Of a letterhead seen at 600 dots an inch; a file that unpacks to more is none.
MOST_PIXELS: Final = 2_000_000
#: How a PNG and a JPEG begin: nothing else is opened.
_BEGINS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def logo_of(said: str) -> bytes | None:
    """The image a base64 text is; None where it is no PNG or JPEG of `MOST_PIXELS` at most."""
    try:
        image = b64decode(said, validate=True)
    except Error:
        return None
    if not image.startswith(_BEGINS):
        return None
    try:
        wide, high = ImageReader(BytesIO(image)).getSize()
    except Exception:  # noqa: BLE001 - whatever its reader trips over, it cannot be drawn
        return None
    return image if 0 < wide * high <= MOST_PIXELS else None
