"""However much is wrong, a refusal is short, and what a body costs is known before it is read."""

import json
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from app.domain.errors import MAX_TOLD, FieldProblem, InvalidInput, NotFound
from app.routers.edge import bodies
from app.routers.edge.bodies import MAX_DEPTH, MAX_MANY, MAX_VALUES, refuse_too_much
from app.routers.edge.problems import document

JSON = {"Content-Type": "application/json"}
SHORT = 100_000  # bytes


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def unknown(count: int) -> dict[str, int]:
    return {f"k{number}": 1 for number in range(count)}


def test_of_many_malformed_fields_the_first_hundred_are_told_and_the_rest_counted():
    errors = tuple(FieldProblem(pointer=f"/k{n}", detail="is unknown") for n in range(250))

    told = document(InvalidInput(errors=errors), "r")

    assert list(told["errors"]) == list(errors[:MAX_TOLD])
    assert told["more"] == 150
    assert str(told["detail"]).endswith("; and 150 more")


def test_few_have_no_more():
    assert "more" not in document(InvalidInput.at("/a", "is bad"), "r")


def test_a_field_with_a_name_nobody_reads_is_cut():
    told = document(InvalidInput.at("/" + "k" * 1_000_000, "is unknown"), "r")

    assert len(str(told)) < 2_000


def test_rendering_takes_time_by_the_error_and_not_by_its_square():
    errors = tuple(FieldProblem(pointer=f"/k{n}", detail="is unknown") for n in range(320_000))
    started = time.process_time()

    document(InvalidInput(errors=errors), "r")

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("resource", ["re_age", "account"])
def test_no_raw_uuid_in_what_was_not_found(resource):
    raw = "01890a5d-ac96-774b-bcce-b302099a8057"

    assert raw not in str(document(NotFound(resource=resource, key=str(UUID(raw))), "r"))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"[" + b"1," * (MAX_MANY + 1) + b"1]", 413, id="numbers"),
        pytest.param(b"[" + b"[]," * (MAX_MANY + 1) + b"1]", 413, id="lists"),
        pytest.param(b"[" * 1_900_000, 400, id="brackets"),
        pytest.param(nested(MAX_DEPTH + 1).encode(), 400, id="deep"),
    ],
)
def test_too_much_is_refused_before_it_is_parsed(body, status):
    with pytest.raises(HTTPException) as refused:
        refuse_too_much(body, most=MAX_MANY)

    assert refused.value.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'"' + b",:[{" * 900_000 + b'"', id="a text of marks"),
        pytest.param(b'"' + b'\\",' * 900_000 + b'"', id="a text of quotes"),
        pytest.param(nested(MAX_DEPTH).encode(), id="as deep as may be"),
    ],
)
def test_marks_inside_a_text_do_not_count(body):
    refuse_too_much(body, most=MAX_MANY)


class TestWhatIsMalformedInMany:
    """Each of these once held the server for seconds or minutes."""

    @pytest.mark.parametrize("path", ["/v1/payments/batch", "/v1/accounts/batch"])
    async def test_an_item(self, desk, path):
        status, body = await asked(
            desk, "POST", path, {"mode": "continue", "items": [unknown(40_000)]}
        )

        problem = body["results"][0]["problem"]
        assert (status, problem["errors"][0]["pointer"]) == (200, "/items/0")
        assert problem["detail"].endswith("should hold 500 values at most")

    @pytest.mark.parametrize("path", ["/v1/payments/batch", "/v1/accounts/batch"])
    async def test_an_item_with_as_much_as_it_may_hold(self, desk, path):
        status, body = await asked(
            desk, "POST", path, {"mode": "continue", "items": [unknown(499)]}
        )

        problem = body["results"][0]["problem"]
        assert (status, len(problem["errors"])) == (200, MAX_TOLD)
        assert problem["more"] > 390

    async def test_many_items(self, desk):
        items = [unknown(90)] * 500  # 45,000 in all
        whole = {"mode": "continue", "items": items}
        answer = await send(desk, "POST", "/v1/payments/batch", whole)

        results = answer.json()["results"]
        assert len(answer.content) < 10 * SHORT
        assert [len(one["problem"]["errors"]) for one in (results[0], results[-1])] == [93, 1]
        assert results[-1]["problem"]["more"] == 92

    async def test_terms(self, desk):
        steps = [{"from_number": -1, "installment_minor": 1}] * 3_000
        terms = {"amount_minor": 1000, "installment_count": 2, "step_ups": steps}

        status, body = await asked(
            desk, "POST", "/v1/schedules", {"currency": "USD", "terms": terms}
        )

        assert status == 422
        assert len(str(body)) < SHORT

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("PUT", "/v1/policies/mine"),
            ("POST", "/v1/policies/default/what-if"),
            ("PUT", "/v1/contact-policies/mine"),
            ("PUT", "/v1/worklists/mine"),
        ],
    )
    async def test_a_policy(self, desk, method, path):
        status, body = await asked(desk, method, path, unknown(40_000))

        assert (status, body["detail"]) == (422, "should have 1,000 members at most")

    async def test_a_section_of_a_policy(self, desk):
        within = {"grace_days": 1, "a/b": {"c": unknown(40_000)}}

        _, body = await asked(desk, "PUT", "/v1/policies/mine", within)

        assert body["errors"][0]["pointer"] == "/a~1b/c"

    async def test_a_body_of_a_fixed_shape(self, desk):
        status, body = await asked(desk, "POST", "/v1/accounts", unknown(MAX_VALUES - 1))

        assert (status, len(body["errors"])) == (422, MAX_TOLD)

    async def test_more_than_a_fixed_shape_could_hold(self, desk):
        status, body = await asked(desk, "POST", "/v1/accounts", unknown(MAX_VALUES + 1))

        assert (status, body["type"]) == (413, "/problems/body-too-large")


class TestWhatCannotBeStored:
    """Each of these was a 500."""

    @pytest.mark.parametrize("depth", [254, 1_100, 400_000])
    async def test_deep_json_with_an_idempotency_key(self, desk, depth):
        answer = await desk.client.post(
            "/v1/schedules",
            headers={**JSON, "Idempotency-Key": f"deep-{depth}"},
            content=f'{{"a":{nested(depth)}}}'.encode(),
        )

        assert answer.status_code == 400

    @pytest.mark.parametrize(
        "body", [b'{"\\ud800":1}', b'{"creditors":{"\\ud800":{"grace_days":1}}}']
    )
    @pytest.mark.parametrize(
        ("method", "path"),
        [("PUT", "/v1/policies/mine"), ("POST", "/v1/policies/default/what-if")],
    )
    async def test_half_a_letter(self, desk, method, path, body):
        answer = await desk.client.request(method, path, headers=JSON, content=body)

        assert answer.status_code == 422


async def send(desk, method, path, body):
    return await desk.client.request(method, path, json=body)


async def asked(desk, method, path, body):
    started = time.process_time()
    answer = await send(desk, method, path, body)
    assert time.process_time() - started < 2
    return answer.status_code, answer.json()


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text('a"\\,[{:é', max_size=9)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.text('"\\,{', max_size=3), inner)
        ),
        max_leaves=20,
    ),
    st.integers(2, 9),
)
def test_counting_by_bytes_is_counting_by_values(value, piece):
    body = json.dumps(value).encode()
    counted = values_in(value)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bodies, "_PIECE_BYTES", piece)
        outside = b"".join(bodies._outside_texts(body)).replace(b'"', b"")

    assert outside.count(b",") + outside.count(b"[") + outside.count(b"{") == counted


def values_in(value):
    """Commas and brackets: each list or object, and each value after the first in one."""
    if not isinstance(value, list | dict):
        return 0
    inner = list(value.values()) if isinstance(value, dict) else value
    return 1 + max(0, len(inner) - 1) + sum(map(values_in, inner))
