"""An evidence file as bytes: the same parts make the same bytes, whenever and wherever.

Names sorted, stored uncompressed, one fixed time stamp, so that nothing but what is in it decides.
"""

import io
import zipfile
from collections.abc import Mapping

MANIFEST = "manifest.json"
_STAMP = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o644 << 16


class NoArchive(Exception):
    """The bytes are no evidence file at all."""


def archive(files: Mapping[str, bytes], manifest: bytes) -> bytes:
    """A ZIP of the files and their manifest."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as zipped:
        for path, content in sorted({**files, MANIFEST: manifest}.items()):
            part = zipfile.ZipInfo(path, _STAMP)
            part.create_system, part.external_attr = _UNIX, _READABLE
            zipped.writestr(part, content)
    return made.getvalue()


def opened(content: bytes) -> tuple[dict[str, bytes], bytes]:
    """The files and the manifest. Raises `NoArchive` for what cannot be read whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            names = zipped.namelist()
            files = {name: zipped.read(name) for name in names}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        raise NoArchive(str(error)) from error
    if MANIFEST not in files or len(names) != len(files):
        raise NoArchive("it has no manifest, or a part of it twice")
    return files, files.pop(MANIFEST)
