"""Ids outside: TypeID's own examples, both ways, and nothing that merely looks like one."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schemas.edge.ids import PREFIXES, decode, encode, pattern, prefix_of, shown

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
TEXT = "01h455vb4pex5vsknk084sn02q"


@pytest.mark.parametrize(
    ("uuid", "suffix"),
    [
        pytest.param(UUID(int=0), "00000000000000000000000000", id="nil"),
        pytest.param(UUID(int=1), "00000000000000000000000001", id="one"),
        pytest.param(UUID(int=10), "0000000000000000000000000a", id="ten"),
        pytest.param(UUID(int=16), "0000000000000000000000000g", id="sixteen"),
        pytest.param(UUID(int=32), "00000000000000000000000010", id="thirty-two"),
        pytest.param(UUID(int=2**128 - 1), "7zzzzzzzzzzzzzzzzzzzzzzzzz", id="largest"),
        pytest.param(ID, TEXT, id="of the specification"),
    ],
)
def test_the_specifications_examples(uuid, suffix):
    assert encode("acc", uuid) == f"acc_{suffix}"
    assert decode("acc", f"acc_{suffix}") == uuid


@given(st.uuids(), st.sampled_from(sorted(PREFIXES.values())))
def test_every_id_comes_back_and_matches_its_pattern(uuid, prefix):
    text = encode(prefix, uuid)

    assert decode(prefix, text) == uuid
    assert re.fullmatch(pattern(prefix), text)


@given(st.uuids(), st.uuids())
def test_ids_sort_as_their_uuids_do(one, two):
    assert (encode("acc", one) < encode("acc", two)) == (one < two)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acc",
        "acc_",
        TEXT,
        f"plan_{TEXT}",
        f"acc_{TEXT}0",
        f"acc_{TEXT[:-1]}",
        f"ACC_{TEXT}",
        f"acc_{TEXT.upper()}",
        "acc_8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "acc_0000000000000000000000000i",
        "acc_0000000000000000000000000u",
        "acc_000000000000000000000000_1",
        "acc_-0000000000000000000000001",
        "acc_+0000000000000000000000001",
        "acc_ 0000000000000000000000001",
        "acc_0000000000000000000000000é",
        "acc_0000000000000000000000000€",
        "acc_0000000000000000000000000\n",
    ],
)
def test_what_merely_looks_like_an_id(text):
    with pytest.raises(ValueError, match=r"."):
        decode("acc", text)


@pytest.mark.parametrize(
    ("member", "prefix"),
    [
        ("plan_id", "plan"),
        ("existing_plan_id", "plan"),
        ("missed_installment_ids", "ins"),
        ("re_age_id", "rea"),
        ("plan", None),
        ("request_id", None),
        ("id", None),
    ],
)
def test_a_members_name_says_what_it_names(member, prefix):
    assert prefix_of(member) == prefix


def test_ids_inside_data_are_shown_with_prefixes():
    data = {"plan_id": ID, "before": {"installment_ids": [str(ID)]}, "n": 1, "note_id": str(ID)}

    assert shown("data", data) == {
        "plan_id": f"plan_{TEXT}",
        "before": {"installment_ids": [f"ins_{TEXT}"]},
        "n": 1,
        "note_id": str(ID),
    }


def test_prefixes_are_each_their_own():
    # A revocation is kept, listed and told beside the consents it ends: one kind of id, two nouns.
    assert PREFIXES["revocation"] == PREFIXES["consent"]
    assert len(set(PREFIXES.values())) == len(PREFIXES) - 1
