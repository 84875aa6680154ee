"""Of how many accounts a row is, whether each made its entry or all of them one."""

from datetime import date
from uuid import UUID

from app.domain.overview.question import Question
from app.domain.overview.table import Column, Entry, Layout, Report, Tally, Type, suppressed
from app.domain.reports.books import Basis
from app.domain.values import replace

DAY = date(2026, 3, 1)
ASKED = Question(
    report="flow", as_of=DAY, known_on=DAY, basis=Basis.BOOKED, by=("product",)
)  # fmt: skip
COLUMNS = (Column(name="minor", type=Type.MONEY, title="Owed"),)


def entry(product, accounts=None, number=0):
    return Entry(
        id=UUID(int=number), currency="USD", key=(product,), adds={"minor": 100}, accounts=accounts
    )


def sent(*entries, by=("product",), **counted):
    asked = replace(ASKED, by=by)
    entries = [one if by else replace(one, key=()) for one in entries]
    tally = Tally(asked, Layout(columns=COLUMNS))
    tally.add(entries)
    for number in counted.values():
        tally.count(number)
    rows, totals = tally.rows()
    whole = Report(
        question=asked, title="Flow", columns=COLUMNS, rows=rows, totals=totals, few=tally.few
    )
    told = suppressed(whole, 5)
    return [one.suppressed for one in (*told.rows, *told.totals)]


def test_sums_of_many_count_as_many_as_they_are_of():
    alone = [entry("card", number=number) for number in range(1, 4)]

    assert sent(*alone) == [True, True]
    assert sent(*alone, entry("card", 2)) == [False, False]
    assert sent(entry("card", 4), entry("loan", 6)) == [True, False, False]


def test_without_groups_nobody_counts_twice():
    assert sent(entry(None, 3), by=()) == [True, True]
    assert sent(entry(None, 5), by=()) == [False, False]


def test_accounts_that_are_in_several_rows_are_not_counted_twice_in_the_total():
    """Two plans of one debtor began in two months: a total of three is no total of six."""

    def again(product, accounts):
        return replace(entry(product, accounts), again=True)

    assert sent(again("card", 3), again("loan", 3)) == [True, True, True]
    assert sent(again("card", 2), again("card", 4), again("loan", 3)) == [False, True, False]


def test_where_it_is_not_known_of_how_many_nothing_is_sent():
    assert sent(entry("card", 6), entry("loan", 0)) == [True, True, True]


def test_what_somebody_counted_is_known():
    unknown = [entry("card", 0), entry("loan", 0), entry("loan", 0)]
    first = {("USD", "card"): 3, ("USD", "loan"): 19, ("USD",): 20}

    assert sent(*unknown, first=first) == [True, False, False]
    assert sent(*unknown, first=first, more={("USD", "card"): 2}) == [False, False, False]
    assert sent(*unknown, first={("USD", "card"): 30}) == [True, True, True], "not of all"


def test_who_counts_may_stop_where_all_are_many():
    tally = Tally(ASKED, Layout(columns=COLUMNS))
    tally.add([entry("card", 0)])
    wanting = [tally.uncounted]
    for key in (("USD", "card"), ("USD",)):
        for number in (19, 1):
            tally.count({key: number})
            wanting.append(tally.uncounted)
    assert wanting == [True, True, True, True, False]
