"""The published contract names every figure of a policy, both ways to write it, and its limits."""

import pytest

from app.services.policy_documents.reader import FIGURES
from tests.routers.samples import inlined, published

DOCUMENT = inlined(published())
SCHEMAS = DOCUMENT["components"]["schemas"]
HEAD = {"name", "version", "extends", "effective_from", "creditors", "actor", "created_at"}
BESIDE = {"source", "sources"}


def resolved(schema):
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def ways(schema):
    """The schemas that a member may be written by; `null` beside a type is one of its own."""
    found = []
    for one in map(resolved, schema.get("anyOf", [schema])):
        kinds = one.get("type")
        parts = [{**one, "type": kinds[0]}, {"type": "null"}] if isinstance(kinds, list) else [one]
        found += parts
    return found


def section(schema):
    """The section a member is, where it is one."""
    return next((one for one in ways(schema) if one.get("properties", {}).keys() >= BESIDE), None)


def figures(schema, path=""):
    """Every figure below a schema, by its path."""
    for name, member in resolved(schema)["properties"].items():
        if name in BESIDE or (not path and name in HEAD):
            continue
        within = section(member)
        if within:
            yield from figures(within, f"{path}/{name}")
        else:
            yield f"{path}/{name}", member


def body(path, method):
    return DOCUMENT["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]


def answer(path):
    responses = DOCUMENT["paths"][path]["get"]["responses"]
    return responses["200"]["content"]["application/json"]["schema"]


SHOWN = {
    "PUT": body("/v1/policies/{name}", "put"),
    "what-if": body("/v1/policies/{name}/what-if", "post"),
    "GET": answer("/v1/policies/{name}"),
    "version": answer("/v1/policies/{name}/versions/{version}"),
    "creditor": resolved(body("/v1/policies/{name}", "put"))["properties"]["creditors"][
        "additionalProperties"
    ],
}


@pytest.mark.parametrize("shown", SHOWN)
def test_every_figure_is_named(shown):
    assert {path for path, _ in figures(SHOWN[shown])} == FIGURES


@pytest.mark.parametrize("path", sorted(FIGURES))
def test_a_figure_is_explained_and_written_bare_or_with_its_source(path):
    member = dict(figures(SHOWN["PUT"]))[path]
    *bare, sourced = ways(member)

    assert member["description"]
    assert sourced["properties"].keys() == {"value", "source"}
    assert sourced["required"] == ["value"]
    assert sourced["additionalProperties"] is False
    untitled = {k: v for k, v in sourced["properties"]["value"].items() if k != "title"}
    assert ways(untitled) == bare
    for way in bare:
        assert way["type"] != "integer" or {"minimum", "maximum"} <= way.keys()
        assert way["type"] != "string" or {"maxLength", "enum"} & way.keys()


def test_null_is_shown_where_it_lifts_a_limit_and_nowhere_else():
    shown = dict(figures(SHOWN["PUT"]))

    assert {"type": "null"} in ways(shown["/broken/max_missed"])
    assert {"type": "null"} not in ways(shown["/grace_days"])


def test_sections_say_what_their_sources_may_name():
    names = resolved(SCHEMAS["PolicyRequest"]["properties"]["broken"])["properties"]["sources"]

    assert names["propertyNames"]["enum"] == [
        "max_consecutive_missed", "max_delinquent_days", "max_missed",
    ]  # fmt: skip


def test_no_name_of_a_schema_tells_of_the_code():
    assert [name for name in SCHEMAS if "__" in name] == []


async def test_what_the_contract_takes_beside_the_document_is_what_it_gave(desk):
    saved = await desk.client.put("/v1/policies/firm", json={"grace_days": {"value": 3}})
    again = await desk.client.put("/v1/policies/firm", json=saved.json())

    assert again.status_code == 200
    assert again.json()["grace_days"] == {"value": 3}
    assert SCHEMAS["PolicyRequest"]["properties"]["version"]["readOnly"] is True
