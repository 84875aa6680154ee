"""What is signed by the kept library is believed here, and nothing else."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from app.domain.webhooks.signature import accepts, secret_bytes, secret_text
from app.services.webhooks.signing import signed

KEY, OTHER = b"k" * 32, b"o" * 32
AT = datetime(2026, 4, 6, 0, 30, tzinfo=UTC)
BODY = '{"name":"Señor Łukasz"}'.encode()


def sent(*keys, at=AT, body=BODY):
    return signed(keys or (KEY,), event_id="evt_1", body=body, at=at)


@given(key=st.binary(min_size=24, max_size=64), body=st.text(max_size=50))
def test_the_library_signs_and_we_believe_it(key, body):
    headers = sent(key, body=body.encode())
    assert accepts(secret_text(key), headers, body.encode(), now=AT)
    assert headers["webhook-signature"] == Webhook(secret_text(key)).sign("evt_1", AT, body)


@pytest.mark.parametrize("hours", [-8, 0, 5, 14])
def test_an_instant_of_any_zone_is_the_same_instant(hours):
    there = AT.astimezone(timezone(timedelta(hours=hours)))
    assert sent(at=there) == sent()
    assert sent()["webhook-timestamp"] == str(int(AT.timestamp()))


def test_both_secrets_sign_while_one_is_rotated():
    headers = sent(KEY, OTHER)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for key in (KEY, OTHER):
        assert accepts(secret_text(key), headers, BODY, now=AT)
    assert not accepts(secret_text(b"x" * 32), headers, BODY, now=AT)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_2"}, {"webhook-id": ""}, {"webhook-timestamp": "1775435401"},
        {"webhook-timestamp": "soon"}, {"webhook-timestamp": ""}, {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 400}, {"webhook-signature": ""}, {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"}, {"webhook-signature": "v1,é"},
        {"webhook-signature": "garbage , ,,"},
    ],
)  # fmt: skip
def test_what_was_changed_is_a_no_and_no_error(change):
    assert not accepts(secret_text(KEY), {**sent(), **change}, BODY, now=AT)


def test_a_header_that_is_missing_is_a_no():
    for name in sent():
        rest = {key: value for key, value in sent().items() if key != name}
        assert not accepts(secret_text(KEY), rest, BODY, now=AT)


@pytest.mark.parametrize(
    ("seconds", "believed"), [(300, True), (301, False), (-300, True), (-301, False)]
)
def test_five_minutes_either_way(seconds, believed):
    assert accepts(secret_text(KEY), sent(), BODY, now=AT + timedelta(seconds=seconds)) is believed


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_" + "A" * 20, b64encode(KEY).decode(), "whsec_" + "!" * 44,
     secret_text(b"x" * 23), secret_text(b"x" * 65), "v1," + secret_text(KEY)],
)  # fmt: skip
def test_what_is_no_secret(text):
    with pytest.raises(ValueError, match="a secret"):
        secret_bytes(text)


def test_a_secret_without_padding_is_the_same():
    assert secret_bytes(secret_text(KEY).rstrip("=")) == secret_bytes(secret_text(KEY)) == KEY
