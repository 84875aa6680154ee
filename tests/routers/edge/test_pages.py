"""Pages follow a key: nothing is passed over or shown twice, and no cursor is taken on trust."""

from base64 import urlsafe_b64encode
from datetime import date
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidInput
from app.routers.edge.pages import Keyset, Long

KEYSET = Keyset("rows", date, UUID, Long, str)
WRITABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
ROW = UUID(int=7)


def forged(*values):
    return urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


@given(st.dates(), st.uuids(), st.integers(0, 2**63 - 1), st.text(WRITABLE, max_size=20))
def test_a_cursor_brings_back_its_key(day, uuid, number, text):
    assert KEYSET.read(KEYSET.write(day, uuid, number, text)) == (day, uuid, number, text)


def test_the_start_has_no_cursor():
    assert KEYSET.read(None) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "é",
        "%%%",
        forged(1, "others", "2026-01-01", str(ROW), 1, "a"),
        forged(2, "rows", "2026-01-01", str(ROW), 1, "a"),
        forged(1, "rows", "2026-01-01", str(ROW), 1),
        forged(1, "rows", "2026-01-01", "no uuid", 1, "a"),
        forged(1, "rows", "2026-13-01", str(ROW), 1, "a"),
        forged(1, "rows", "2026-01-01", str(ROW), True, "a"),
        forged(1, "rows", "2026-01-01", str(ROW), "1", "a"),
        forged(1, "rows", 1, str(ROW), 1, "a"),
        forged(1, "rows", "2026-01-01", str(ROW), 2**63, "a"),
        forged(1, "rows", "2026-01-01", str(ROW), -1, "a"),
        forged(1, "rows", "2026-01-01", str(ROW), 1, "\0"),
        forged(),
        urlsafe_b64encode(b"{}").decode(),
        urlsafe_b64encode(b"5").decode(),
    ],
)
def test_a_cursor_of_another_make_is_malformed(cursor):
    with pytest.raises(InvalidInput) as refusal:
        KEYSET.read(cursor)
    assert refusal.value.errors[0].pointer == "?cursor"


@pytest.mark.parametrize(
    ("path", "parameter", "cursor"),
    [
        ("/v1/events", "after", forged(1, "events", 2**31, 1, str(ROW), 1)),
        ("/v1/events", "after", forged(1, "events", 1, -1, str(ROW), 1)),
        ("/v1/events", "after", forged(1, "events", 1, 1, str(ROW), 2**31)),
        ("/v1/accounts/{}/ledger", "cursor", forged(1, "ledger", 2**31)),
        ("/v1/accounts/{}/timeline", "cursor", forged(1, "timeline", 2**31)),
        ("/v1/reports/journal", "cursor", forged(1, "journal", 2**31, str(ROW), 1)),
        ("/v1/reports/journal", "cursor", forged(1, "journal", 1, str(ROW), -(2**40))),
    ],
)
async def test_a_number_beyond_its_column_is_malformed(desk, path, parameter, cursor):
    account = await desk.account()
    refused = await desk.refused("GET", path.format(account["id"]), params={parameter: cursor})

    assert refused[:2] == (422, "invalid-input")


async def test_a_list_page_by_page(client):
    seen, cursor, params = [], None, {"limit": 2}
    for _ in range(3):
        page = (await client.get("/v1/probe/numbers", params=params)).json()
        seen.append(page["data"])
        cursor = page["next_cursor"]
        params["cursor"] = cursor

    assert seen == [[1, 2], [3, 4], [5]]
    assert cursor is None


async def test_a_page_that_ends_exactly_at_the_end_is_the_last(client):
    page = (await client.get("/v1/probe/numbers?limit=5")).json()

    assert page == {"data": [1, 2, 3, 4, 5], "next_cursor": None}


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1.5", ""])
async def test_a_page_has_1_to_200_rows(client, limit):
    answer = await client.get("/v1/probe/numbers", params={"limit": limit})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?limit"


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        (None, 200),
        ('"3"', 200),
        ('"2", "3"', 200),
        ("*", 200),
        ('"2"', 412),
        ('W/"3"', 412),
        ("3", 412),
        ("", 412),
    ],
)
async def test_a_write_may_ask_for_what_it_read(client, if_match, status):
    headers = {} if if_match is None else {"If-Match": if_match}
    answer = await client.patch("/v1/probe/versioned", headers=headers)

    assert answer.status_code == status
    if status == 412:
        assert answer.json()["type"] == "/problems/etag-mismatch"
        assert answer.json()["current_etag"] == '"3"'
    else:
        assert answer.headers["etag"] == '"3"'
