"""No demand leaves under a hold, whatever else happens to an account and a message of it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact import known
from app.domain.contact.gate import decide
from app.domain.contact.law.purposes import DEMANDS, HOLDS
from app.domain.contact.words import BasisKind, Channel, PointKind
from app.domain.messages.lifecycle import (
    Accepted,
    Asked,
    Claimed,
    LeaseExpired,
    Message,
    MessageStatus,
    Refusal,
    Refused,
    Reported,
    step,
)
from app.domain.vocabulary import HoldKind
from tests.domain.contact.test_gate_properties import ACCOUNT, EVERYTHING, NOON, PERSON
from tests.scenarios.contact_facts import uid

EMAIL = known.Point(
    id=uid("CP1"), kind=PointKind.EMAIL,
    bases=(known.PointBasis(kind=BasisKind.DIRECT_CONSENT, on=NOON.date()),),
)  # fmt: skip
#: What happens next, and how many minutes after what was before.
lives = st.lists(
    st.tuples(
        st.sampled_from(["hold", "release", "pay", "claim", "accept", "refuse", "die", "report"]),
        st.integers(0, 600),
    ),
    max_size=25,
)


def gate(at, purpose, holds, *, paid):
    """The gate's refusal of an e-mail at an instant; None: it may go."""
    facts = known.Known(
        debt=known.Debt(
            account_id=ACCOUNT, country="US", regions=frozenset({"US-TX"}), holds=tuple(holds),
            paid_or_settled=paid,
        ),
        party=known.Party(person_id=PERSON),
        point=EMAIL,
        zones=("America/Chicago",),
    )  # fmt: skip
    asked = known.Asked(
        at=at, channel=Channel.EMAIL, purpose=purpose, automatic=True,
        wording=known.Wording(opt_out_notice=True),
    )  # fmt: skip
    decision = decide(asked, facts, EVERYTHING)
    if decision.allowed:
        return None
    return Refusal(code=str(decision.reasons[0].code), next_allowed_at=decision.next_allowed_at)


@given(
    life=lives,
    purpose=st.sampled_from(sorted(DEMANDS)),
    kind=st.sampled_from(sorted(HOLDS)),
    knows=st.booleans(),
)
def test_no_demand_begins_under_a_hold(life, purpose, kind, knows):
    at, holds, paid = NOON, [], False
    message = step(
        Message(provider_idempotent=knows), Asked(at=at, refusal=gate(at, purpose, [], paid=False))
    )
    for act, minutes in life:
        at += timedelta(minutes=minutes)
        before = message
        if act == "hold":
            holds.append(known.Hold(kind=HoldKind(kind), starts_on=at.date()))
        elif act == "release":
            holds.clear()
        elif act == "pay":
            paid = not paid
        elif act == "claim":
            message = step(message, Claimed(at=at, refusal=gate(at, purpose, holds, paid=paid)))
            began = (
                message.status is MessageStatus.SENDING
                and before.status is not MessageStatus.SENDING
            )
            assert not (began and (holds or paid)), (kind, purpose)
        else:
            message = step(
                message,
                {
                    "accept": Accepted(at=at),
                    "refuse": Refused(at=at, permanent=False, code="451"),
                    "die": LeaseExpired(at=at),
                    "report": Reported(at=at, status=MessageStatus.DELIVERED),
                }[act],
            )
        assert message.attempts == before.attempts or act == "claim"
