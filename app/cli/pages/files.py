"""`accord files`: docs/files.md, the columns of each kind of file, made of the reader's table."""

from collections.abc import Iterator
from pathlib import Path

from app.services.files.columns import LABEL, LABELED, METADATA, TABLE, Kind
from app.services.files.csv_files import MAX_COLUMNS
from app.services.files.formats import DATES, ENCODINGS, Amounts

EXAMPLES = Path("docs/examples")

_HEAD = f"""\
# Files

<!-- Made by `accord files`, of `app/services/files/columns.py`. -->

What there is comes in as CSV, plain or gzip: `accord import KIND FILE --tenant NAME`.
The first line names the columns, in any order; `--map name=header` says where a file names one
otherwise, `--set name=value` what every line says alike. Columns nobody knows are refused, unless
`--ignore-unknown` passes over them. Blank lines and blank columns at the end are passed over and
counted. At most {MAX_COLUMNS} columns.

Each line has a result: stored, already there, in suspense, empty (an amount of 0) or rejected, and
the counts and sums of these come to what was read. `--rejects FILE` keeps the rejected lines as
they came, each with its number and the reason; mended, that file can be imported by the same
command. The same file given again stores nothing twice, so a killed import is continued by
repeating it.

`--dry-run` stores nothing: it shows the first ten rows as understood, what looks as if it were
meant otherwise, and what cannot be read. The same warnings are printed before a real import
stores its first line.

## Over HTTP

`POST /v1/imports?kind=KIND` takes the same file as its body, plain or gzip, of a key with
`imports:write`, and the options below as query parameters of the same names (`map`, `set` and
`null` repeated). It answers 202 with a `Location`; a worker (`accord work`, or a server with
`ACCORD_WORKERS=true`) imports the file in the key's name. `GET /v1/imports/{{id}}` says how far it
is and what became of its lines, `…/rejects` which were refused and why; `POST …/cancel` has it go
no further. With `dry_run=true` the first answer shows ten rows as understood. An import whose
server dies goes on where it was.

## How a file writes things

| option | says | else |
|---|---|---|
| `--delimiter SIGN` | what stands between cells, as `;` or `tab` | `,` |
| `--encoding NAME` | {", ".join(f"`{name}`" for name in ENCODINGS)} | `utf-8` |
| `--amounts WHICH` | `minor`: whole units in `…_minor`; `decimal`: columns without it | `minor` |
| `--decimal SIGN` | `.` or `,` stands before the decimals; the amounts are decimals | `.` |
| `--thousands SIGN` | `.`, `,`, `'` or a blank groups thousands | nothing does |
| `--date PATTERN` | {DATES} | `yyyy-mm-dd` |
| `--null WORD` | a word that says nothing, as `NULL`; repeatable | every word says something |

What can be read in two ways is refused and never guessed. Without a stated sign `1.200` is no
amount of euros: it may be 1.20 or 1,200. `1,200` is none either, and `05/03/2026` is no day before
`--date` says its order. A minus may stand before or after the number, or brackets around it.
A file that is not in the encoding that was said is refused by what tells it: UTF-16 as a whole,
other bytes with their line.

## A European bank's file

[european-accounts.csv](examples/european-accounts.csv) has semicolons, decimal commas, points
between thousands and days as `dd.mm.yyyy`. Saved by a spreadsheet it is mostly in cp1252, and one
command line imports it:

```sh
accord import accounts european-accounts.csv --tenant my-shop --delimiter ';' --encoding cp1252 \\
  --decimal , --thousands . --date dd.mm.yyyy --set product=invoice --map reference=Rechnung \\
  --map currency=Währung --map principal=Hauptforderung --map fees=Mahngebühr \\
  --map 'opened_on=Vertrag vom' --map 'delinquent_since_on=Verzug seit' --map debtor_name=Kunde
```

The file beside this page is in UTF-8, for reading it here: leave `--encoding cp1252` out for it.
"""
_ABOUT = {
    Kind.ACCOUNTS: "Accounts to be placed.",
    Kind.PLANS: "Plans on accounts that are there.",
    Kind.CHARGES: "What is charged to accounts.",
    Kind.PAYMENTS: "Money received.",
    Kind.RETURNS: "Payments that came back: reversed, as if they had never been. Without a "
    "`reference` of its own a line is known again by its payment, reason and day.",
    Kind.CORRECTIONS: "Placements that were said wrongly. Blank cells stay as they were said; "
    "what was agreed since must still be possible, or the line is rejected with every reason.",
    Kind.CONTACTS: "Calls, texts, e-mails, letters and visits, in and out, as another system made "
    "them. Each is judged by all that is known once its page is in. `--actor` says who takes them "
    "down.",
}


def page(examples: Path = EXAMPLES) -> str:
    """The page. Raises `OSError` where a kind has no example."""
    return "\n".join((_HEAD, *(line for kind in Kind for line in _section(kind, examples))))


def _section(kind: Kind, examples: Path) -> Iterator[str]:
    yield f"## {kind.capitalize()}\n"
    yield f"{_ABOUT[kind]} `accord import {kind} FILE`; \\* must be there.\n"
    yield "| column | holds | says |\n|---|---|---|"
    for column in TABLE[kind]:
        name = f"`{column.spelled(Amounts.MINOR)}`" + (r" \*" if column.needed else "")
        yield f"| {name} | {column.cell.words} | {column.about} |"
    if kind in LABELED:
        yield f"| `{METADATA}<key>` | {LABEL.words} | A label of your own. |"
    example = (examples / f"{kind}.csv").read_text(encoding="utf-8")
    yield f"\n[{kind}.csv](examples/{kind}.csv):\n\n```csv\n{example}```\n"
