"""Nothing that is sent is ignored: every operation refuses what it does not know, by its name."""

import json
import re
from pathlib import Path
from uuid import UUID

from app.main import ROUTERS
from app.routers.edge.route import Operation
from app.schemas.edge.ids import encode, prefix_of

DOCUMENT = json.loads(Path("docs/openapi.json").read_text())
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def target(path):
    """The path with ids that could be."""

    def an_id(found):
        prefix = prefix_of(found[1])
        return encode(prefix, UUID(int=7)) if prefix else "x"

    return re.sub(r"\{(.*?)\}", an_id, path)


def parameters(operation):
    shared = DOCUMENT["components"].get("parameters", {})
    for said in operation.get("parameters", ()):
        one = shared[said["$ref"].rpartition("/")[2]] if "$ref" in said else said
        if one["in"] == "query":
            yield one


def closed_list(schema):
    """The values there are of a parameter, if they are listed."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return schema["enum"]
    return next(filter(None, map(closed_list, schema.get("anyOf", ()))), None)


CLOSED = [
    (method, path, one["name"], values)
    for method, path, operation in OPERATIONS
    for one in parameters(operation)
    if (values := closed_list(one["schema"]))
]


def test_the_document_has_every_operation():
    there = {route.operation_id for router in ROUTERS for route in router.routes
             if isinstance(route, Operation) and route.include_in_schema}  # fmt: skip

    assert {operation["operationId"] for _, _, operation in OPERATIONS} >= there
    assert len(CLOSED) > 5


async def test_an_unknown_parameter_is_refused_with_those_there_are(client, subtests):
    for method, path, operation in OPERATIONS:
        with subtests.test(f"{method} {path}"):
            answer = await client.request(method, target(path), params={"nonsense": "1"})

            assert answer.status_code == 422, answer.text
            (problem,) = answer.json()["errors"]
            assert problem["pointer"] == "?nonsense"
            for one in parameters(operation):
                assert one["name"] in problem["detail"]


async def test_an_unknown_value_of_a_closed_list_is_refused_with_those_there_are(client, subtests):
    for method, path, name, values in CLOSED:
        with subtests.test(f"{method} {path}?{name}"):
            answer = await client.request(method, target(path), params={name: "bogus"})

            assert answer.status_code == 422, answer.text
            told = {problem["pointer"]: problem["detail"] for problem in answer.json()["errors"]}
            assert all(value in told[f"?{name}"] for value in values if value), told


async def test_the_types_of_events_there_are_are_named(client):
    answer = await client.get("/v1/events", params={"types": "payment.posted,payment.lost"})

    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert problem["pointer"] == "?types"
    assert "'payment.lost'" in problem["detail"]
    assert "payment.reversed" in problem["detail"]


async def test_a_bucket_that_no_policy_has_is_refused(client):
    answer = await client.get("/v1/accounts", params={"bucket": "bogus"})

    assert answer.status_code == 422
    assert "current" in answer.json()["errors"][0]["detail"]


async def test_a_parameter_said_twice_is_refused(client):
    answer = await client.get("/v1/accounts?limit=1&limit=2")

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "?limit", "detail": "should be given once"}]
