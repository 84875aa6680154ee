"""What every body of a fact can be asked, whatever it says happened."""

from uuid import UUID

from app.domain.values import Value


class Happened(Value, kw_only=True, tag_field="kind"):
    """The body of a fact. Most undo nothing and stand by themselves; those that do not, say so.

    Properties, never fields: what is stored of a body is what it declares itself.
    """

    @property
    def undoes(self) -> UUID | None:
        """The fact that it takes out of the fold, as if that had never been; so no more itself."""
        return None

    @property
    def falls_with(self) -> UUID | None:
        """The fact that it stands and falls with: undone, that one takes it along."""
        return None
