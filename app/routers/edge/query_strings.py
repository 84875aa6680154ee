"""Nothing in a query string is ignored: what an operation does not know is refused, by its name.

A misspelt filter would otherwise answer with everybody's rows. So would a filter said twice, of
which only one counts.
"""

from collections import Counter
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant

from app.domain.errors import MAX_TOLD, FieldProblem, InvalidInput

_MOST_LETTERS = 60


def known_parameters(dependant: Dependant) -> tuple[str, ...]:
    """The query parameters of an operation, those of what it depends on among them."""
    own = {one.alias for one in dependant.query_params}
    return tuple(sorted(own.union(*map(known_parameters, dependant.dependencies))))


def refuse_unknown(query: bytes, known: tuple[str, ...]) -> None:
    """Refuse parameters that are not known, and known ones said twice, saying what there is.

    Raises `InvalidInput` with all of them.
    """
    if not query:
        return
    sent = Counter(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    there = f"; there are: {', '.join(known)}" if known else "; this operation has none"
    problems = [
        FieldProblem(pointer=f"?{name[:_MOST_LETTERS]}", detail=f"is no parameter here{there}")
        for name in sent
        if name not in known
    ]
    problems += [
        FieldProblem(pointer=f"?{name}", detail="should be given once")
        for name, times in sent.items()
        if times > 1 and name in known
    ]
    if problems:
        told = tuple(problems[:MAX_TOLD])
        raise InvalidInput(errors=told, more=len(problems) - len(told))
