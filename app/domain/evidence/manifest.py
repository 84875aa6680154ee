"""The list of an evidence file's parts, and the hash that stands for all of them.

The manifest is canonical: keys sorted, no spaces, UTF-8 as it is, files by path. Its SHA-256 is
the root that goes into the account's chain, so one changed byte shows.
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

FORMAT = 1


def manifest(account_id: str, as_of: date, files: Mapping[str, bytes]) -> bytes:
    """The manifest of these files, by path, as bytes."""
    listed = [
        {"bytes": len(content), "path": path, "sha256": sha256(content).hexdigest()}
        for path, content in sorted(files.items())
    ]
    document = {
        "account_id": account_id, "as_of": as_of.isoformat(), "files": listed, "format": FORMAT,
    }  # fmt: skip
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()


def root(manifest_bytes: bytes) -> str:
    """The root of an evidence file, in hexadecimal."""
    return sha256(manifest_bytes).hexdigest()


def differences(manifest_bytes: bytes, files: Mapping[str, bytes]) -> list[str]:
    """The paths whose bytes are not those the manifest tells: changed, missing, or too many."""
    told = {one["path"]: one["sha256"] for one in json.loads(manifest_bytes)["files"]}
    ours = {path: sha256(content).hexdigest() for path, content in files.items()}
    return sorted(path for path in told.keys() | ours.keys() if told.get(path) != ours.get(path))
