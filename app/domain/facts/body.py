"""The base of all bodies of facts, and what each of them can be asked."""

from uuid import UUID

from app.domain.values import Value


class Happened(Value, kw_only=True, tag_field="kind"):
    """The body of a fact. Most undo nothing and stand by themselves; those that do not, say so.

    Properties, never fields: what is stored of a body is what it declares itself.
    """

    @property
    def why(self) -> str | None:
        """The reason somebody gave for it in words of their own; None where none is asked for."""
        return getattr(self, "reason", None)

    @property
    def undoes(self) -> UUID | None:
        """The fact that it takes out of the fold, as if that had never been; so no more itself."""
        return None

    @property
    def corrects(self) -> UUID | None:
        """The fact that counts as this one says, as if it had been entered so; it is no more."""
        return None

    @property
    def falls_with(self) -> UUID | None:
        """The fact that it stands and falls with: undone, that one takes it along."""
        return None
