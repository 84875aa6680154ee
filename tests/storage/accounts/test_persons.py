"""People: found again by reference, amended by what is told, erased without a trace of who."""

from app.storage.accounts import persons
from app.storage.accounts.persons import Note, PersonDetails, PersonRole
from tests.database import as_tenant
from tests.storage.rows import add_account

DEBTOR, CREDITOR = PersonRole.DEBTOR, PersonRole.CREDITOR


def debtor(reference=None, **told) -> PersonDetails:
    return PersonDetails(role=DEBTOR, reference=reference, **told)


async def save(tx, tenant, *people):
    return await persons.save(tx, tenant, people)


async def test_a_reference_is_one_person_and_no_reference_is_a_new_one(database, tenant):
    lender = PersonDetails(role=CREDITOR, reference="C-1")
    async with as_tenant(database, tenant) as tx:
        one, creditor, again, nameless = await save(
            tx, tenant, debtor("C-1"), lender, debtor("C-1"), debtor(name="Ada")
        )
        assert one == again
        assert len({one, creditor, nameless}) == 3
        assert await save(tx, tenant, debtor("C-1"), debtor()) != (one, nameless)
        assert (await persons.find(tx, CREDITOR, "C-1")).id == creditor
        assert await persons.find(tx, CREDITOR, "C-2") is None


async def test_what_is_told_is_amended_and_what_is_not_stays(database, tenant):
    async with as_tenant(database, tenant) as tx:
        (one,) = await save(tx, tenant, debtor("A", name="Ada", email="ada@example.org"))
        assert await save(tx, tenant, debtor("A", phone="1"), debtor("A", name="Ada L.")) == (
            one,
            one,
        )
        known = (await persons.read(tx, [one]))[one]
    assert (known.name, known.email, known.phone) == ("Ada L.", "ada@example.org", "1")


async def test_a_person_found_as_described_is_not_written_again(database, tenant):
    lender = PersonDetails(role=CREDITOR, reference="C-1", name="Lender")
    async with as_tenant(database, tenant) as tx:
        (known,) = await save(tx, tenant, lender)
    async with as_tenant(database, tenant) as first, as_tenant(database, tenant) as second:
        assert await save(first, tenant, lender) == (known,)
        assert await save(second, tenant, lender) == (known,)  # would wait for a lock, and fail


async def test_an_erased_person_leaves_the_row_and_nothing_else(database, tenant, other):
    async with as_tenant(database, tenant) as tx:
        (one,) = await save(tx, tenant, debtor("A", name="Ada", email="a@b", region="US-TX"))
    async with as_tenant(database, other) as tx:
        assert not await persons.erase(tx, one)
        assert await persons.read(tx, [one]) == {}
    async with as_tenant(database, tenant) as tx:
        assert await persons.erase(tx, one)
        gone = (await persons.read(tx, [one]))[one]
    assert gone.erased_at is not None
    assert {gone.name, gone.email, gone.phone, gone.region, gone.language} == {None}


async def test_a_note_replaces_the_one_before(database, tenant):
    async with as_tenant(database, tenant) as tx:
        account_id = await add_account(tx, tenant)
        await persons.annotate(tx, tenant, account_id, {})
        for metadata in ({"a": "1"}, {"b": "2"}):
            note = Note(metadata=metadata, ip="192.0.2.1")
            await persons.annotate(tx, tenant, account_id, {account_id: note})
        assert await persons.notes(tx, [account_id]) == {
            account_id: Note(metadata={"b": "2"}, ip="192.0.2.1")
        }
