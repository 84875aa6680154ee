"""A refusal points into what was sent and names the limit; of our own types it says nothing."""

import pytest
from pydantic import TypeAdapter, ValidationError

from app.routers.edge.field_problems import malformed
from app.schemas.accounts.accounts import AccountRequest
from app.schemas.contacts.decisions import Elements
from app.schemas.dry_runs.dry_runs import ImportMappingRequest
from app.schemas.messages.reports import ReportedDeliveries
from app.schemas.persons.consents import RevocationRequest
from app.schemas.report_schedules.report_schedules import ReportScheduleRequest

WORDS = "should be printable characters"
REPORT = {"provider": "p", "status": "sent", "at": "2026-01-12T15:00:05Z"}
SCHEDULE = ReportScheduleRequest.model_config["json_schema_extra"]["examples"][0]


def told(kind, sent):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(sent)
    found = [{**one, "loc": ("body", *one["loc"])} for one in refused.value.errors()]
    return {(one.pointer, one.detail) for one in malformed(found, sent).errors}


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        pytest.param(
            ReportedDeliveries, REPORT | {"provider": 5},
            {("/provider", "Input should be a valid string")},
            id="one of what may be one or many",
        ),
        pytest.param(
            ReportedDeliveries, {"items": [{"status": "sent", "at": REPORT["at"]}]},
            {("/items/0/provider", "Field required")},
            id="many of what may be one or many",
        ),
        pytest.param(
            ReportedDeliveries, {"items": []},
            {("/items", "should not be empty")},
            id="none of many",
        ),
        pytest.param(ReportedDeliveries, [], {("", "should be an object")}, id="a list instead"),
        pytest.param(
            ImportMappingRequest, {"kind": "accounts", "mapping": {"currency": {"value": 1}}},
            {("/mapping/currency", "Input should be a valid string"),
             ("/mapping/currency/value", "Input should be a valid string")},
            id="inside an alternative",
        ),
        pytest.param(
            ImportMappingRequest, {"kind": "accounts", "mapping": {"a\0": "A", "b": "B\0"}},
            {("/mapping/a\0", WORDS), ("/mapping/b", "should be without NUL characters"),
             ("/mapping/b", "should be an object")},
            id="NUL in a name and in a text",
        ),
        pytest.param(Elements, ["a\0"], {("/0", WORDS)}, id="not too short, too"),
        pytest.param(Elements, "a", {("", "should be a list")}, id="no tuple"),
        pytest.param(tuple[int, int], [1], {("/1", "Field required")}, id="half a pair"),
        pytest.param(
            AccountRequest,
            {"reference": " INV", "currency": "USD", "balance": {"principal_minor": 1}},
            {("/reference", f"{WORDS}, no blank at either end")},
            id="no pattern",
        ),
        pytest.param(
            RevocationRequest,
            {"channels": 5, "received_at": "2026-03-02T09:30:00Z", "how": "reply"},
            {("/channels", "should be a list"), ("/channels", "Input should be 'all'")},
            id="a list or a word",
        ),
        pytest.param(
            ReportScheduleRequest, SCHEDULE | {"recipients": [{"kind": "pigeon", "to": "x"}]},
            {("/recipients/0/kind", "should be one of 'mail', 'webhook', 'folder'")},
            id="a kind that there is not",
        ),
        pytest.param(
            ReportScheduleRequest, SCHEDULE | {"recipients": [{"to": "x"}]},
            {("/recipients/0/kind", "is needed: it says what the rest is")},
            id="no kind",
        ),
    ],
)  # fmt: skip
def test_a_problem_is_told_in_the_clients_terms(kind, sent, expected):
    assert told(kind, sent) == expected
