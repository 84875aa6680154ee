"""The one page of a link, as a template: no script, a style of its own, all text escaped."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from liquid import DictLoader, Environment

_STYLE: Final = """:root { color-scheme: light dark; --line: #c3c8d0; --soft: #566070; --back: #fff;
  --text: #1a2430; --link: #0b5cad; --card: #f6f7f9; --good: #17692e; --bad: #a61b12; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --line: #46505e; --soft: #a9b3c0; --back: #171b20;
  --text: #e6e9ec; --link: #8cc1fa; --card: #20262d; --good: #5fd384; --bad: #ff9c92;
  --on: #10151a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 1.0625rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main, footer { max-width: 40rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; color: var(--soft); font-weight: 600; }
h1 { font-size: 1.6rem; margin: .25rem 0 1rem; }
h2 { font-size: 1.2rem; margin: 0 0 .5rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem; margin: 0 0 1rem; }
.figures { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: 0; }
.figures dt { color: var(--soft); } .figures dd { margin: 0; font-size: 1.35rem; font-weight: 650; }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; overflow-wrap: normal; padding: .4rem .5rem .4rem 0;
  border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 0;
  padding-left: .5rem; white-space: nowrap; }
td.due { white-space: nowrap; }
td.end, th.end { text-align: right; padding: .4rem 0 .4rem .5rem; }
@media (max-width: 26rem) { .table { font-size: .9375rem; } }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: .85rem/1.5 ui-monospace, monospace;
  border-left: 3px solid var(--line); padding-left: .75rem; margin: .5rem 0 1rem; }
label, legend { display: block; margin: .75rem 0 .25rem; }
fieldset { border: 0; padding: 0; margin: 1rem 0 0; } legend { padding: 0; margin: 0; }
label.tick { display: flex; gap: .6rem; align-items: flex-start; }
input, select, textarea, button { font: inherit; color: inherit; }
input:not([type=checkbox]), select, textarea { width: 100%; padding: .55rem .6rem;
  background: var(--back); border: 1px solid var(--soft); border-radius: 6px; }
input[type=checkbox] { width: 1.25rem; height: 1.25rem; margin-top: .15rem; flex: none; }
textarea { min-height: 6rem; }
button { margin-top: 1rem; padding: .6rem 1.2rem; min-height: 44px; border: 0; border-radius: 6px;
  background: var(--link); color: var(--on); font-weight: 650; cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.notice { font-weight: 600; border-left: 4px solid var(--good); padding: .5rem .75rem;
  background: var(--card); } .notice.bad { border-color: var(--bad); }
.soft { color: var(--soft); } a { color: var(--link); } footer { padding-bottom: 3rem; }
ul.plain { list-style: none; padding: 0; margin: 0; }
ul.plain > li { border-top: 1px solid var(--line); padding: .75rem 0; }
"""
_PAGE: Final = """<!DOCTYPE html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{{ heading }}{% if name %} - {{ name }}{% endif %}</title>
<style>{{ style | safe }}</style>
</head>
<body>
<header>{{ name }}</header>
<main>
<h1>{{ heading }}</h1>
{% if notice %}<p class="notice{% if bad %} bad{% endif %}"
 role="{% if bad %}alert{% else %}status{% endif %}">{{ notice }}</p>{% endif %}
{% if question %}
<section aria-labelledby="q"><h2 id="q">{{ w.question_heading }}</h2><p>{{ w.question_why }}</p>
<form method="post" action="{{ at }}/verify">
<label for="answer">{{ question }}</label>
<input id="answer" name="answer" required maxlength="40" autocomplete="off">
<button>{{ w.go_on }}</button></form></section>
{% endif %}
{% if account %}
<section aria-labelledby="owed"><h2 id="owed">{{ w.account }} {{ account.reference }}</h2>
{% if sees %}<dl class="figures"><div><dt>{{ w.owed }}</dt><dd>{{ account.owed }}</dd></div>
{% if account.past_due %}<div><dt>{{ w.past_due }}</dt><dd>{{ account.past_due }}</dd></div>
{% endif %}</dl>{% endif %}
{% if against and notice == nil %}<p>{{ against }}</p>{% endif %}</section>
{% for offer in offers %}
<section aria-labelledby="o{{ forloop.index }}">
<h2 id="o{{ forloop.index }}">{{ offer.heading }}</h2>
<p>{{ w.read_it }}{% if offer.foreign %} {{ w.offer_in }}{% endif %}</p>
<pre{% if offer.foreign %} lang="en"{% endif %}>{{ offer.text }}</pre>
{% if offer.open %}
<form method="post" action="{{ at }}/{{ offer.action }}">
<input type="hidden" name="quote_id" value="{{ offer.id }}">
<input type="hidden" name="quote_hash" value="{{ offer.hash }}">
<input type="hidden" name="text_hash" value="{{ offer.text_hash }}">
<label class="tick"><input type="checkbox" name="agree" value="yes" required>
<span>{{ w.agree }}</span></label>
<button>{{ offer.button }}</button></form>
{% endif %}</section>
{% endfor %}
{% if sees %}<section aria-labelledby="plan"><h2 id="plan">{{ w.schedule }}</h2>
{% if rows %}<div class="table" tabindex="0" role="group" aria-labelledby="plan"><table>
<thead><tr><th scope="col">{{ w.due_on }}</th><th scope="col" class="number">{{ w.amount }}</th>
<th scope="col" class="number">{{ w.paid }}</th><th scope="col" class="end">{{ w.status }}</th>
</tr></thead>
<tbody>{% for row in rows %}<tr><td class="due">{{ row.due }}</td>
<td class="number">{{ row.amount }}</td><td class="number">{{ row.paid }}</td>
<td class="end">{{ row.status }}</td></tr>
{% endfor %}</tbody></table></div>
{% else %}<p class="soft">{{ w.no_schedule }}</p>{% endif %}</section>{% endif %}
{% if choose %}
<section aria-labelledby="choose"><h2 id="choose">{{ w.choose_heading }}</h2>
<p>{{ w.choose_why }}</p>
{% if options %}<ul class="plain">{% for option in options %}<li>
<p>{{ option.text }}</p><form method="post" action="{{ at }}/options">
<input type="hidden" name="affordable" value="{{ choose.affordable }}">
<input type="hidden" name="every" value="{{ choose.every }}">
<input type="hidden" name="first_due_on" value="{{ choose.first_due_on }}">
<input type="hidden" name="choose" value="{{ option.name }}">
<button>{{ w.take }}</button></form></li>{% endfor %}</ul>{% endif %}
<form method="post" action="{{ at }}/options">
<label for="affordable">{{ choose.label }}</label>
<input id="affordable" name="affordable" inputmode="decimal" required maxlength="20"
 value="{{ choose.affordable }}">
<label for="every">{{ w.how_often }}</label><select id="every" name="every">
{% for one in choose.frequencies %}<option value="{{ one.value }}"
{% if one.value == choose.every %} selected{% endif %}>{{ one.text }}</option>{% endfor %}</select>
<label for="first">{{ w.first_on }}</label>
<input id="first" name="first_due_on" type="date" required value="{{ choose.first_due_on }}"
 min="{{ choose.today }}">
<button>{{ w.show_options }}</button></form></section>
{% endif %}
{% if preferences %}
<section aria-labelledby="pref"><h2 id="pref">{{ w.preferences_heading }}</h2>
<form method="post" action="{{ at }}/preferences">
<label for="language">{{ w.language }}</label><select id="language" name="language">
<option value="">{{ w.unchanged }}</option>
{% for one in preferences.languages %}<option value="{{ one.value }}" lang="{{ one.value }}">
{{ one.text }}</option>{% endfor %}</select>
<label for="preferred">{{ w.preferred }}</label><select id="preferred" name="preferred">
<option value="">{{ w.unchanged }}</option>
{% for one in preferences.channels %}<option value="{{ one.value }}">{{ one.text }}</option>
{% endfor %}</select>
<fieldset><legend>{{ w.stop }}</legend>
{% for one in preferences.channels %}<label class="tick">
<input type="checkbox" name="stop" value="{{ one.value }}"><span>{{ one.text }}</span></label>
{% endfor %}</fieldset>
{% for one in preferences.emails %}<label class="tick">
<input type="checkbox" name="allow_email" value="{{ one.id }}"><span>{{ one.text }}</span></label>
{% endfor %}
<button>{{ w.save }}</button></form></section>
{% endif %}
{% if points %}
<section aria-labelledby="points"><h2 id="points">{{ w.points_heading }}</h2>
{% if points.known %}<p>{{ w.points_known }}: {{ points.known }}</p>{% endif %}
<form method="post" action="{{ at }}/points">
<label for="kind">{{ w.new_value }}</label><select id="kind" name="kind">
<option value="phone">{{ w.phone }}</option><option value="email">{{ w.email }}</option></select>
<label for="value" class="soft">{{ w.phone }} / {{ w.email }}</label>
<input id="value" name="value" required maxlength="254" autocomplete="off">
<button>{{ w.add }}</button></form></section>
{% endif %}
{% if message %}
<section aria-labelledby="message"><h2 id="message">{{ w.message_heading }}</h2>
<form method="post" action="{{ at }}/messages"><label for="text">{{ w.message_label }}</label>
<textarea id="text" name="text" required maxlength="2000"></textarea>
<button>{{ w.send }}</button></form></section>
{% endif %}
{% endif %}
</main>
<footer>{% if us %}<p class="soft">{{ us.name }}
{% if us.phone %}<br><a href="tel:{{ us.phone }}">{{ us.phone }}</a>{% endif %}
{% if us.address %}<br>{{ us.address }}{% endif %}</p>{% endif %}
{% if return_url %}<a href="{{ return_url }}" rel="noreferrer">{{ w.back }}</a>{% endif %}
</footer>
</body>
</html>
"""
#: What the page may load is its own style, by its hash.
STYLE_SOURCE: Final = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"

_TEMPLATE = Environment(autoescape=True, loader=DictLoader({"page": _PAGE})).get_template("page")


def rendered(**values: object) -> str:
    """The page of these values, all escaped but our style."""
    return _TEMPLATE.render(style=_STYLE, **_or_nothing(values))


def _or_nothing(values: Mapping[str, object]) -> dict[str, object]:
    """The values, nothing where one is empty: to Liquid an empty text or list is true."""
    return {
        name: _or_nothing(one) if isinstance(one, Mapping) else one or None
        for name, one in values.items()
    }
