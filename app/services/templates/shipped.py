"""The templates and phrases we ship, as files beside this one: words are data, not code."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from app.domain.contact.words import Purpose
from app.domain.templates.locales import chosen
from app.domain.templates.template import Template, TemplateChannel, Wording

_FOLDER: Final = Path(__file__).parent / "shipped"
_PHRASES: Final = "phrases"
#: Of a template that no tenant wrote.
SHIPPED_VERSION: Final = 0


@cache
def shipped_templates() -> Mapping[str, Template]:
    """Every template we ship, by key."""
    files = sorted(one for one in _FOLDER.glob("*.toml") if one.stem != _PHRASES)
    return MappingProxyType({one.stem: _template(one.stem, _read(one)) for one in files})


@cache
def phrases_of(locale: str) -> Mapping[str, Mapping[str, str]] | None:
    """What tables, paper and disclosures say in a locale; None in a language we do not have."""
    known = _phrases()
    name = chosen(locale, known.keys())
    return None if name is None else known[name]


def languages() -> tuple[str, ...]:
    """The languages whose disclosures we have."""
    return tuple(sorted({one.partition("-")[0] for one in _phrases()}))


@cache
def _phrases() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return MappingProxyType(_read(_FOLDER / f"{_PHRASES}.toml"))


def _template(key: str, said: Mapping[str, Any]) -> Template:
    return Template(
        key=key,
        version=SHIPPED_VERSION,
        channel=TemplateChannel(said["channel"]),
        purpose=Purpose(said["purpose"]),
        asks_for_money=said["asks_for_money"],
        deadline=said.get("deadline", False),
        locales={
            name: Wording(
                subject=words.get("subject"),
                text=words["text"].strip("\n") + "\n",
                html=words.get("html"),
            )
            for name, words in said["locales"].items()
        },
    )


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
