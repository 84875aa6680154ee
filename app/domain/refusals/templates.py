"""Why words are not saved, or not to be had, each with what decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.domain.errors import MAX_TOLD, DomainError, shortened
from app.domain.templates.checks import Defect


@dataclass(eq=False, kw_only=True)
class TemplateUnfit(DomainError):
    """A template that cannot be sent as it is: every defect, the first hundred told."""

    problem: ClassVar[str] = "template-unfit"
    template_key: str
    defects: tuple[Defect, ...]

    @property
    def detail(self) -> str:
        told = "; ".join(f"{one.pointer}: {one.detail}" for one in self.defects[:MAX_TOLD])
        return shortened(f"The template {self.template_key!r} is not fit to be sent. {told}")

    @property
    def facts(self) -> Mapping[str, object]:
        told = [
            {"pointer": shortened(one.pointer), "detail": shortened(one.detail)}
            for one in self.defects[:MAX_TOLD]
        ]
        return {
            "template_key": self.template_key,
            "defects": told,
            "more": max(0, len(self.defects) - MAX_TOLD) or None,
        }


@dataclass(eq=False, kw_only=True)
class NoWording(DomainError):
    """There are no words in the language of whom it is for, and no other is taken unasked."""

    problem: ClassVar[str] = "no-wording"
    template_key: str
    version: int
    locale: str | None  # the one wanted; None: nobody knows the person's language
    locales: tuple[str, ...]  # those there are

    @property
    def detail(self) -> str:
        wanted = f"for {self.locale}" if self.locale else "without a language to go by"
        return (
            f"The template {self.template_key!r} has no wording {wanted}; "
            f"it has {', '.join(self.locales)}."
        )
