"""Every letter we ship, on paper: a reader of the file finds its text part, and nothing else."""

from datetime import date

import pytest

from app.domain.templates.template import TemplateChannel
from app.domain.templates.variables import variables_of
from app.services.documents.paper import paper_letter
from app.services.paper.letters import drawn_letters
from app.services.paper.sheets import sheet_of
from app.services.paper.slips import Slip, code_of
from app.services.templates.identity import Identity
from app.services.templates.rendering import About, filled
from app.services.templates.shipped import shipped_templates
from app.services.templates.written import pen_of
from tests.services.paper.reader import by_pdftotext, pieces

IDENTITY = Identity(
    name="Prairie Recovery", address=("PO Box 12", "Austin, TX 78701"), phone="+1 312 555 0100",
    country="US", for_others=True,
)  # fmt: skip
TO = ("Jane Doe", "123 Main Street", "Chicago, IL 60607")
ON = date(2026, 9, 1)
#: Whatever law may want said is said in it.
ABOUT = About(first_communication=True, time_barred=True, validation_ends_on=date(2026, 10, 1))
SLIP = Slip(
    title="Payment slip", lines=(("Reference", "INV-1"), ("Amount due", "$50.00")),
    code=code_of(reference="INV-1", amount_minor=50_00, currency="USD", payee=None),
)  # fmt: skip
#: An e-mail goes by letter too where a person has no address of the other kind.
LETTERS = [
    (key, locale)
    for key, one in sorted(shipped_templates().items())
    if one.channel in {TemplateChannel.LETTER, TemplateChannel.EMAIL}
    for locale in sorted(one.locales)
]


def said_in(key, locale):
    """The rendered words, with every variable's example."""
    template = shipped_templates()[key]
    known = variables_of(template.purpose)
    raw = {one.name: one.example for one in known} | {"account.currency": "USD"}
    given = {"remedy": "ask a court to decide"} if key == "cease_will_invoke" else None
    return filled(template, locale, IDENTITY, raw, ABOUT, given=given)


@pytest.mark.parametrize(("key", "locale"), LETTERS)
def test_on_paper_it_says_what_its_text_part_says(key, locale, tmp_path):
    said = said_in(key, locale)
    slip = SLIP if key == "invoice" else None
    letter = paper_letter(
        identity=IDENTITY, to=TO, title=said.subject, text=said.text, locale=locale, dated_on=ON,
        slip=slip,
    )  # fmt: skip
    made = drawn_letters([letter])

    read = [[text for _, _, text in page] for page in pieces(made)]
    count = len(read)
    feet = [page.pop() for page in read]
    phrase = pen_of(locale).phrases["paper"]["page"]
    assert feet == [phrase.format(number=n, count=count) for n in range(1, count + 1)]
    words = " ".join(" ".join(page) for page in read).split()
    body = f"{said.subject} {said.text} {slip.as_text() if slip else ''}".split()
    assert words[-len(body) :] == body
    head = [IDENTITY.name, *IDENTITY.address, IDENTITY.phone, *TO, letter.dated]
    if sheet_of(locale).return_top is not None:
        head.insert(4, " · ".join((IDENTITY.name, *IDENTITY.address)))
    assert words[: -len(body)] == " ".join(head).split()

    other = by_pdftotext(made, tmp_path / "letter.pdf")
    if other is not None:
        assert sorted(other) == sorted([*words, *" ".join(feet).split()])


def test_there_is_a_letter_in_every_language_we_write():
    assert {locale for _, locale in LETTERS} == {"en-US", "en-GB", "es-US", "de-DE", "fr-FR"}
    assert "1er septembre 2026" in pen_of("fr-FR").writer.day(ON)
