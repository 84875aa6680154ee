"""What a list's filter asks of an account and its debtor, as conditions of the one statement."""

from typing import Any, Final

from app.domain.worklists.lists import Filter

#: As judged in memory, where the account is behind: its bucket is the day's, not the last sweep's.
_FILTERED_BY: Final = {
    "creditor_reference": "a.creditor_reference",
    "bucket": "coalesce((SELECT f.bucket FROM behind AS f WHERE f.account_id = a.id), a.bucket)",
}


def filtered(asked: Filter, binds: dict[str, Any]) -> list[str]:
    """What the list's filter asks of the account and its debtor."""
    of_account = {"creditor_reference": asked.creditor_references, "bucket": asked.buckets}
    of_person = {"region": asked.regions, "language": asked.languages}
    conditions = []
    for name, values in of_account.items():
        if values is not None:
            conditions.append(f"{_FILTERED_BY[name]} = ANY(CAST(:{name}s AS text[]))")
            binds[f"{name}s"] = list(values)
    for name, values in of_person.items():
        if values is not None:
            conditions.append(f"""EXISTS (SELECT FROM person AS p WHERE p.tenant_id = :the_tenant
                AND p.id = a.debtor_id AND p.{name} = ANY(CAST(:{name}s AS text[])))""")
            binds[f"{name}s"] = list(values)
    if not conditions:
        return []
    return [
        f"""EXISTS (SELECT FROM account AS a WHERE a.tenant_id = :the_tenant
        AND a.id = scored.account_id AND {" AND ".join(conditions)})"""
    ]
