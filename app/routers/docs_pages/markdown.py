"""Our own Markdown as HTML: sections of docs/problems.md, guides, the glossary, the changelog.

Raw HTML in a text is shown as text. Links between files lead to the pages that show them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Every page by its name: the file that it shows, and what a link to it says.
PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "webhooks": ("docs/guides/webhooks.md", "Webhooks"),
    "messages": ("docs/guides/messages.md", "Messages"),
    "operations": ("docs/guides/operations.md", "Operations"),
    "files": ("docs/files.md", "Files to import"),
    "events": ("docs/events.md", "Events"),
    "glossary": ("docs/glossary.md", "Glossary"),
    "roles": ("docs/roles.md", "Roles and scopes"),
    "policies": ("docs/policies.md", "Policies"),
    "compliance": ("docs/compliance.md", "Contact rules"),
    "reports": ("docs/reports.md", "Reports"),
    "limits": ("docs/limits.md", "Limits"),
    "versioning": ("docs/versioning.md", "Versioning"),
    "changelog": ("CHANGELOG.md", "Changelog"),
}
_PROBLEMS: Final = "docs/problems.md"
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_HEADING: Final = re.compile(r"<h2>([a-z][a-z-]*)</h2>")
_LINK: Final = re.compile(r"(?:[\w./-]*/)?([\w-]+\.md)(#[\w-]*)?")


@cache
def page(name: str) -> str:
    """A page of `PAGES` as HTML."""
    return as_html(source(PAGES[name][0]), up="..")


@cache
def problem_texts() -> dict[str, str]:
    """The sections of docs/problems.md, by problem type."""
    return sections(source(_PROBLEMS))


def sections(markdown: str) -> dict[str, str]:
    """Its `## name` sections, by name."""
    parts = re.split(r"^## (\S+)\n", markdown, flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def problem_page(name: str) -> str:
    """A problem type as HTML: it begins with its status, which is no list's number."""
    return as_html(re.sub(r"^(\d{3})\.", r"\1\.", problem_texts()[name]), up="..")


def as_html(markdown: str, *, up: str) -> str:
    """A text as HTML; `up` leads from the page that shows it to the root."""
    tokens = _MARKDOWN.parse(markdown)
    _mend_links(tokens, up)
    made: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    made = _HEADING.sub(r'<h2 id="\1">\1</h2>', made)
    return made.replace("<table>", '<div class="wide-table"><table>').replace(
        "</table>", "</table></div>"
    )


def _mend_links(tokens: Sequence[Token], up: str) -> None:
    for token in tokens:
        if token.type == "link_open":
            href = _mended(str(token.attrs.pop("href")), up)
            token.attrs |= {"href": href} if href else {}
        _mend_links(token.children or (), up)


def _mended(href: str, up: str) -> str | None:
    """Where a link leads from a page; None where only a checkout has what it names."""
    found = _LINK.fullmatch(href)
    if found is None:
        if href.startswith("/problems/"):
            return f"{up}{href}"
        return href if href.startswith("#") or "://" in href else None
    file, anchor = found[1], found[2] or ""
    if file == "problems.md":
        return f"{up}/problems/{anchor[1:]}" if anchor else f"{up}/problems"
    names = {path.rpartition("/")[2]: name for name, (path, _) in PAGES.items()}
    return f"{up}/pages/{names[file]}{anchor}" if file in names else None


def source(path: str) -> str:
    """A text as it stands: in the wheel beside the package's code, in a checkout where it lies."""
    packaged = Path(str(files("app"))) / "pages" / path
    found = packaged if packaged.exists() else Path(__file__).parents[3] / path
    return found.read_text(encoding="utf-8")
