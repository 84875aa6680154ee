"""What templates may say: strict words, the place of every disclosure, no silent English."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.contact.words import Purpose
from app.domain.templates.checks import defects_of
from app.domain.templates.liquid import Table, Unrenderable, named_in, rendered
from app.domain.templates.locales import chosen, wanted_locale
from app.domain.templates.segments import segments
from app.domain.templates.template import Template, TemplateChannel, Wording
from app.domain.templates.variables import nested, variables_of
from app.domain.values import replace

PLACES = (
    "{{ disclosures.collector_identity }} {{ disclosures.opt_out }} {{ disclosures.time_barred }}"
)
REMINDER = Template(
    key="due", version=1, channel=TemplateChannel.EMAIL, purpose=Purpose.REMINDER,
    asks_for_money=True, locales={"en-US": Wording(subject="Due", text=PLACES)},
)  # fmt: skip


def sample(template):
    said = {one.name: "x" for one in variables_of(template.purpose)}
    return lambda _: nested(said)


def defects(template=REMINDER, *, words=None, **changes):
    if words is not None:
        changes["locales"] = {"en-US": Wording(**words)}
    changed = replace(template, **changes)
    return [(one.pointer, one.detail) for one in defects_of(changed, sample(changed))]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{% include 'a' %}", "tag 'include'"),
        ("{% render 'a' %}", "tag 'render'"),
        ("{{ a.__class__ }}", "undefined"),
        ("{{ b }}", "undefined"),
        ("{{ a | replace: 'x', 'xx' }}", "filter 'replace'"),
        ("{{ 'now' | date: '%Y' }}", "filter 'date'"),
        ("{% if %}", "expression"),
        ("{% for i in (1..501) %}{% endfor %}", "loop iteration"),
        ("{% for i in (1..30) %}{% for j in (1..30) %}.{% endfor %}{% endfor %}", "loop iteration"),
        ("{% assign x='ab' %}{% for i in (1..99) %}{% assign x = x | append: x %}{% endfor %}",
         "namespace"),
        ("{% for i in (1..400) %}" + "y" * 100 + "{% endfor %}", "output"),
        ("z" * 20_001, "20000 bytes"),
        ("{% if a %}{% endif %}" * 101, "200 tags"),
        ("{{ t | truncate: 2 }}", "filter 'truncate'"),
    ],
)  # fmt: skip
def test_words_cannot_reach_or_grow(source, why):
    with pytest.raises(Unrenderable, match=why):
        rendered(source, {"a": {"n": 1}, "t": Table(rows=(("a", "b"),))})


def test_values_are_escaped_for_html_and_never_for_text():
    values = {"a": "<b> & 'c'", "t": Table(rows=(("<i>", "Amount"), ("x", "$1.00")), right={1})}
    assert rendered("{{ a }}", values) == "<b> & 'c'"
    assert "<b>" not in rendered("{{ a }}", values, html=True)
    assert rendered("{{ t }}", values) == "<i>  Amount\nx     $1.00"
    assert "<td>x</td>" in (html := rendered("{{ t }}", values, html=True))
    assert "<i>" not in html
    # A table is put in as a whole: what cannot be told apart from words is refused.
    long = Table(rows=(("n",), *((str(n),) for n in range(3000))))
    assert rendered("{{ t }}", {"t": long}).count("\n") == 3000
    assert list(named_in("{% if a.b %}{{ c.d }}{% endif %}{% assign q = 1 %}{{ q }}")) == [
        "a.b", "c.d",
    ]  # fmt: skip


def test_a_template_is_refused_with_every_defect():
    assert defects() == []
    found = defects(purpose=Purpose.RECEIPT, deadline=True)
    assert [pointer for pointer, _ in found] == ["/purpose"]
    assert defects(asks_for_money=False, deadline=True)[0][0] == "/deadline"

    found = dict(defects(words={"text": PLACES + "{% if plan %}{{ plan.nope }}{% endif %}"}))
    assert found["/locales/en-US/subject"].startswith("should be there")
    assert "plan.nope" in found["/locales/en-US/text"]
    # What a receipt does not have, whatever the branch.
    receipt = {"subject": "Paid", "text": PLACES + "{{ installment.open }}"}
    found = defects(words=receipt, purpose=Purpose.RECEIPT, asks_for_money=False)
    assert "installment.open" in found[0][1]
    assert defects(sample={"plan.nope": "x"})[0][0] == "/sample/plan.nope"
    # Whatever a caller gives has any name.
    assert defects(words={"subject": "{{ given.title }}", "text": PLACES}) == []


@pytest.mark.parametrize("place", ["collector_identity", "opt_out", "time_barred"])
def test_a_place_counts_where_it_is_said_whatever_the_message_is_about(place):
    mark = f"{{{{ disclosures.{place} }}}}"
    without = PLACES.replace(mark, "")
    hidden = PLACES.replace(mark, f"{{% if plan %}}{mark}{{% endif %}}")
    captured = PLACES.replace(mark, f"{{% capture x %}}{mark}{{% endcapture %}}")
    for text in (without, hidden, captured):
        found = defects(words={"subject": "Due", "text": text})
        assert [pointer for pointer, _ in found] == ["/locales/en-US/text"], text
        assert place in found[0][1]
    html = {"subject": "Due", "text": PLACES, "html": without}
    assert defects(words=html)[0][0] == "/locales/en-US/html"


def test_each_channel_has_its_form():
    sms = replace(REMINDER, channel=TemplateChannel.SMS)
    assert "should not be there" in defects(sms)[0][1]
    long = {"text": PLACES + "x" * 480}
    assert "segments" in defects(sms, words=long)[0][1]
    letter = replace(REMINDER, channel=TemplateChannel.LETTER)
    assert "null" in defects(letter, words={"subject": "x", "text": PLACES, "html": "x"})[0][1]
    voicemail = {"text": "{{ person.name }}, call {{ collector.name }}. {{ account.balance }}"}
    found = defects(REMINDER, channel=TemplateChannel.VOICEMAIL, words=voicemail)
    assert found == [
        ("/locales/en-US/text", "names what a reminder does not have: account.balance")
    ]


def test_a_text_message_is_counted_in_segments():
    assert [segments("a" * n) for n in (1, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]
    assert [segments("ñ" * n) for n in (160, 161)] == [1, 2]  # of the basic alphabet
    assert [segments("á" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]  # not of it
    assert [segments("€" * n) for n in (80, 81)] == [1, 2]
    # No character of two units is torn: 152 and a euro do not fit 153.
    assert segments("a" * 152 + "€" + "a" * 152) == 3


@settings(max_examples=30)
@given(st.text("aé€á", max_size=330))
def test_more_text_takes_at_most_one_more_segment(text):
    assert segments(text) <= segments(text + "a") <= segments(text) + 1


def test_there_is_no_silent_english():
    both = {"en-GB", "en-US", "es-US"}
    assert chosen("en-US", both) == "en-US"
    assert chosen("es-MX", both) == "es-US"
    assert chosen("en-AU", both) == "en-GB"
    assert chosen("fr-FR", both) is None
    assert chosen("fr-FR", both, fallback=["de-DE", "en-US"]) == "en-US"
    assert chosen(None, both) is None
    assert wanted_locale("es", "US") == "es-US"
    assert wanted_locale("es-MX", "US") == "es-MX"
    assert wanted_locale("EN", None) == "en"
    assert wanted_locale(None, "US") is None
