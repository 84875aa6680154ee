"""What a debtor's block said before persons had contact points is a point after the upgrade."""

import asyncpg

from app.storage.database import migrate


async def test_an_email_and_a_phone_become_points(empty_database):
    await migrate.upgrade(empty_database, revision="0018")
    connection = await asyncpg.connect(empty_database.replace("+asyncpg", ""))
    await connection.execute(
        """
        INSERT INTO tenant (tenant_id, name, time_zone, sandbox, policy_epoch)
        VALUES ('00000000-0000-0000-0000-000000000001', 't', 'UTC', false, 0);
        INSERT INTO person (tenant_id, id, role, reference, name, email, phone)
        SELECT '00000000-0000-0000-0000-000000000001', gen_random_uuid(), role, reference, 'n',
            email, phone
        FROM (VALUES
            ('debtor', 'both', 'Ann@Example.COM', '+1 (312) 555-0100'),
            ('debtor', 'local', NULL, '555-0100'),
            ('debtor', 'neither', NULL, NULL),
            ('creditor', 'other side', 'c@example.com', NULL)
        ) AS had (role, reference, email, phone)
        """
    )

    await migrate.upgrade(empty_database, revision="0019")

    found = await connection.fetch(
        "SELECT p.reference, c.kind, c.value, c.normalized FROM contact_point AS c "
        "JOIN person AS p ON p.id = c.person_id ORDER BY 1, 2"
    )
    await connection.close()
    assert [tuple(row) for row in found] == [
        ("both", "email", "Ann@Example.COM", "Ann@example.com"),
        ("both", "phone", "+1 (312) 555-0100", "+13125550100"),
        ("local", "phone", "555-0100", None),
    ]
