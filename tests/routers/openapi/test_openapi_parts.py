"""The document as tools take it: shared parts, names, examples, and no more than it need be."""

import copy
import json
import re

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from app.cli import schema
from app.routers.openapi.components import PROBLEM_TYPE
from app.routers.openapi.schema_names import name_schemas
from tests.routers.samples import inlined, operations, published

#: 500 kB for the 117 operations there were when this was asked for; no more an operation since.
MOST_BYTES, OPERATIONS = 500_000, 117
AT = "https://accord.test/openapi.json"


@pytest.fixture(scope="module")
def document():
    return json.loads(json.dumps(schema._document()))


def test_what_is_published_is_what_the_code_says(document):
    assert document == published()


@pytest.fixture(scope="module")
def validator(document):
    resource = DRAFT202012.create_resource(json.loads(json.dumps(document)))
    registry = Registry().with_resource(AT, resource)

    def errors(schema, value):
        pointer = schema.get("$ref", "")
        inside = {**schema, "$ref": AT + pointer} if pointer else moved(schema)
        return [
            e.message for e in Draft202012Validator(inside, registry=registry).iter_errors(value)
        ]

    return errors


def moved(node):
    """A schema that stands outside the document, its references into it made whole."""
    if isinstance(node, dict):
        return {k: AT + v if k == "$ref" else moved(v) for k, v in node.items()}
    return [moved(one) for one in node] if isinstance(node, list) else node


def bodies(document):
    for method, path, one in operations(inlined(document)):
        asked = one.get("requestBody", {}).get("content", {})
        yield from ((f"{method} {path}", said) for said in asked.values())
        for status, response in one["responses"].items():
            content = response.get("content", {})
            yield from ((f"{method} {path} {status}", said) for said in content.values())


def test_every_example_fits_its_schema(document, validator):
    wrong = {}
    for name, said in bodies(document):
        if "example" in said and (found := validator(said["schema"], said["example"])):
            wrong[name] = found
    assert wrong == {}


def test_an_example_that_does_not_fit_is_found(document, validator):
    payment = next(said for name, said in bodies(document) if name == "POST /v1/payments")
    broken = {**payment["example"], "amount_minor": 0}

    assert validator(payment["schema"], payment["example"]) == []
    assert validator(payment["schema"], broken) == ["0 is less than the minimum of 1"]


def test_every_body_shows_an_example_where_tools_look(document):
    for name, said in bodies(document):
        refusal = re.search(r" [45]\d\d$", name)
        assert "example" in said or refusal, name
        assert "examples" not in said, name


def test_parameters_examples_fit_theirs(document, validator):
    for _, path, one in operations(inlined(document)):
        for parameter in one["parameters"]:
            shown = [parameter["example"]] if "example" in parameter else []
            for example in (*shown, *parameter["schema"].get("examples", ())):
                assert validator(parameter["schema"], example) == [], (path, parameter["name"])


def test_no_schema_is_named_by_where_its_code_lies(document):
    names = list(document["components"]["schemas"])

    assert [
        name for name in names if not re.fullmatch(r"[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+_)?", name)
    ] == []
    assert [name for name in names if "__" in name or name.startswith("app")] == []
    plain = [re.sub(r"\W|_", "", name).lower() for name in names]
    assert len(plain) == len(set(plain))


def schemas_in(node, *, named=False):
    """Every schema below a node of the document."""
    if isinstance(node, list):
        for one in node:
            yield from schemas_in(one)
    elif isinstance(node, dict):
        if not named:
            yield node
        for key, inner in node.items():
            if named or key not in {"example", "examples"}:
                yield from schemas_in(inner, named=not named and key in {"properties", "schemas"})


def test_a_tuple_says_what_its_items_are_for_older_readers_too(document):
    tuples = [one for one in schemas_in(document) if "prefixItems" in one]

    assert tuples
    assert all("items" in one for one in tuples)


def test_no_schema_says_its_name_again_as_a_title(document):
    assert [one for one in schemas_in(document["components"]["schemas"]) if "title" in one] == []


def test_refusals_are_shared_where_they_are_the_same(document):
    shared = document["components"]["responses"]

    assert {"Unauthenticated", "ScopeMissing", "InternalError", "Unavailable"} <= shared.keys()
    for _, path, one in operations(document):
        for status in ("401", "403", "500", "503"):
            assert one["responses"][status].keys() == {"$ref"}, (path, status)
    assert {"Retry-After"} == shared["Unavailable"]["headers"].keys()
    assert {"WWW-Authenticate"} == shared["Unauthenticated"]["headers"].keys()
    assert shared["Unavailable"]["content"][PROBLEM_TYPE]["example"]["status"] == 503


def test_headers_and_ids_have_one_place(document):
    parameters = document["components"]["parameters"]

    assert {"AccordActor", "IdempotencyKey", "AccountId", "Limit", "Cursor"} <= parameters.keys()
    for _, path, one in operations(document):
        for parameter in one.get("parameters", ()):
            assert parameter.get("name") not in {"Accord-Actor", "Idempotency-Key", "cursor"}, path


def test_good_answers_of_posts_say_that_they_may_be_old(document):
    for method, path, one in operations(inlined(document)):
        good = one["responses"][min(one["responses"])]
        assert "Idempotency-Replayed" in good["headers"] or method != "POST", path


def test_nothing_is_filled_in_that_may_be_used_once(document):
    for name in ("AccordActor", "IdempotencyKey"):
        parameter = document["components"]["parameters"][name]
        assert "example" not in parameter
        assert "examples" not in parameter["schema"]


def test_every_operation_says_its_scope_in_words(document):
    for _, path, one in operations(document):
        if path == "/v1/me":  # every key may ask
            continue
        assert one["description"].endswith(f"Scope: `{one['x-required-scope']}`"), path
        assert (
            f"`{one['x-required-scope']}`"
            in document["components"]["securitySchemes"]["key"]["description"]
        )


def test_paths_stand_in_the_order_of_their_tags(document):
    order = [tag["name"] for tag in document["tags"]]
    first = [order.index(min(one["tags"], key=order.index)) for _, _, one in operations(document)]

    assert first == sorted(first)


def test_the_document_stays_within_its_size(document):
    served = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()

    assert len(served) / len(operations(document)) < MOST_BYTES / OPERATIONS


def test_what_is_written_out_twice_gets_its_name():
    text = {"type": "string", "pattern": "^acc_[0-7][0-9a-hjkmnp-tv-z]{25}$", "maxLength": 30}
    known = {"type": "object", "properties": {"id": text}}
    used = {
        "type": "object",
        "properties": {
            "pattern": {
                "type": ["string", "null"],
                **{k: text[k] for k in ("pattern", "maxLength")},
            },
            "items": {"type": "array", "items": copy.deepcopy(known) | {"description": "One."}},
        },
    }
    document = {"components": {"schemas": {"Known": known, "Used": used}}}

    name_schemas(document)

    made = document["components"]["schemas"]["Used"]["properties"]
    account = {"$ref": "#/components/schemas/AccountId"}
    assert made["pattern"] == {"anyOf": [account, {"type": "null"}]}
    assert made["items"]["items"] == {"$ref": "#/components/schemas/Known", "description": "One."}
