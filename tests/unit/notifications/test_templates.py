"""Words that an operator gives: what is refused, and that what is not refused can do no harm."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.notices.rules import LANGUAGES
from services.notifications.notices.wording import HTML, PLAIN
from services.notifications.notifications.rules import Channel
from services.notifications.templates import rules, samples, trial
from services.notifications.templates.making import built_in_fields
from services.notifications.templates.markup import strange
from services.notifications.templates.rules import Event, Key
from shared.contracts.assignments import ESCALATION_ROUTED
from shared.contracts.routes import SCHEMAS
from shared.contracts.visits import REMINDER_DUE
from shared.database import dumps
from shared.errors import BadInput

ALL = list(rules.keys(LANGUAGES))
MAIL = Key(Event.ESCALATION, Channel.EMAIL, "vi")
NOTE = Key(Event.REMINDER, Channel.EMAIL, "vi")


def fault(key: Key = NOTE, **changes: str) -> tuple[str, str]:
    """Field and code of what is wrong with the built-in words so changed."""
    with pytest.raises(BadInput) as caught:
        trial.check_all(key, built_in_fields(key) | changes)
    return str(caught.value.field), caught.value.extra["fault"]["code"]


@pytest.mark.parametrize("key", ALL, ids="/".join)
@pytest.mark.parametrize("sample", samples.SAMPLES)
def test_the_built_in_words_given_as_ones_own_say_the_same(key: Key, sample: str) -> None:
    """What an editor shows to begin with is accepted, and makes the very message there was."""
    fields = built_in_fields(key)
    trial.check_all(key, fields)
    assert trial.shown(key, fields, sample) == trial.shown(key, None, sample)


@pytest.mark.parametrize("sample", samples.SAMPLES)
def test_the_examples_are_what_events_bring(sample: str) -> None:
    """They fit the contract, so that words which say them say what comes."""
    for event, kind in ((Event.ESCALATION, ESCALATION_ROUTED), (Event.REMINDER, REMINDER_DUE)):
        SCHEMAS[kind].load(orjson.loads(dumps(samples.facts(event, sample))))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ 9 ** 9 }}", "forbidden"),
        ("{{ body * 999 }}", "forbidden"),
        ("{% for n in range(9) %}{% endfor %}", "forbidden"),
        ("{% for a in told %}{% for b in told %}{% endfor %}{% endfor %}", "forbidden"),
        ("{% for a in told recursive %}{% endfor %}", "forbidden"),
        ("{% for a in (1, 2) %}{% endfor %}", "forbidden"),
        ("{% set a = 1 %}", "forbidden"),
        ("{% include 'layout.html' %}", "forbidden"),
        ("{% extends 'layout.html' %}", "forbidden"),
        ("{% block content %}{% endblock %}", "forbidden"),
        ("{% macro a() %}{% endmacro %}", "forbidden"),
        ("{{ title.upper() }}", "forbidden"),
        ("{{ title['__class__'] }}", "forbidden"),
        ("{{ title.__class__ }}", "unknown"),
        ("{{ self }}", "unknown"),
        ("{{ mat_khau }}", "unknown"),
        ("{{ body | safe }}", "filter"),
        ("{{ told | attr('x') }}", "filter"),
        ("{% if", "syntax"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "forbidden"),
        ("x" * 20_001, "too_long"),
    ],
)
def test_a_template_shows_chooses_and_repeats(source: str, code: str) -> None:
    """It computes nothing and calls nothing."""
    assert fault(text=source) == ("fields.text", code)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src='https://theo-doi.example/1.png'>",
        "<svg onload=x>",
        "<iframe></iframe>",
        "<style>p{}</style>",
        "<form action='https://x.example'>",
        "<p onclick='x'>",
        "<p style='background:URL(https://x.example)'>",
        "<p style=\"background:u{{ 'rl' if body }}(https://x.example)\">",
        "<p style=\"background:{{ 'url(x)' if body }}\">",
        "<p style=\"background:{{ 'u' if body }}rl(https://x.example)\">",
        "<p style='{{ body }}'>",
        "<p {% if body %}onclick='x'{% endif %}>",
        "<{{ body }}>",
        "<a href='javascript:x'>",
        "<a href='http://x.example'>",
        "<a href='{{ body }}'>",
        "<a href='https://x.example/{{ body }}'>",
        "<!-- x -->",
        "<!doctype html>",
        "<![CDATA[x]]>",
        "<?xml?>",
        "{% raw %}<script>{% endraw %}",
        "<p",
        "a < b",
        "\ue000",
    ],
)
def test_html_of_a_mail_loads_and_runs_nothing(source: str) -> None:
    """Whatever branch would be taken."""
    assert fault(html="{{ slot }}" + source) == ("fields.html", "markup")


@pytest.mark.parametrize(
    ("key", "changes", "expected"),
    [
        (MAIL, {"text": "Chào."}, ("fields.text", "slot")),
        (MAIL, {"html": "{{ slot }}{{ slot }}"}, ("fields.html", "slot")),
        (MAIL, {"html": "{% if issue.step > 1 %}{{ slot }}{% endif %}"}, ("fields.html", "slot")),
        (MAIL, {"person_html": "<p>{{ name }}</p>"}, ("fields.person_html", "link")),
        (MAIL, {"person_text": "{{ link }}", "subject": " "}, ("fields.subject", "empty")),
        (MAIL, {"subject": "{{ issue.ma_so }}"}, ("fields.subject", "fails")),
        (MAIL, {"subject": "{{ told[9] }}"}, ("fields.subject", "fails")),
        (Key(Event.GROUP, Channel.EMAIL, "en"), {"text": "{{ name }}"}, ("fields.text", "links")),
        (Key(Event.ESCALATION, Channel.SMS, "vi"), {"text": "{{ slot }}"}, ("fields.text", "unknown")),
        (Key(Event.ESCALATION, Channel.SMS, "vi"), {"html": "x"}, ("fields.html", "surplus")),
    ],
)
def test_what_has_to_be_said_is_missed(key: Key, changes: dict[str, str], expected: tuple[str, str]) -> None:
    """The part for each reader, the link, a subject; in every example."""
    assert fault(key, **changes) == expected


def test_a_field_left_out_is_named() -> None:
    """Nothing is filled in silently."""
    fields = built_in_fields(MAIL)
    del fields["html"]
    with pytest.raises(BadInput) as caught:
        trial.check_all(MAIL, fields)
    assert (caught.value.field, caught.value.extra["fault"]["code"]) == ("fields.html", "missing")


# Pieces of templates, right and wrong, joined at random.
_PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", " if ", " endif ", " for a in told ", " endfor ", "body", ".", "__class__",
     "|", "upper", "<", ">", "<p", "style=", "'", '"', "url(", "a", " ", "[0]", "()", "~", "{{ body }}",
     "{{ slot }}", "<a href=", "{{ link }}", "raw", "endraw", "-", "\n", "é", "\ue001"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_any_text_is_refused_or_used(source: str) -> None:
    """Nothing else ever comes of it than BadInput: no crash, no endless loop, and what is accepted says the
    examples without anything strange in it."""
    for field, environment in (("text", PLAIN), ("html", HTML)):
        fields: dict[str, Any] = built_in_fields(NOTE) | {field: source + "{{ slot }}"}
        try:
            trial.check_all(NOTE, fields)
        except BadInput:
            continue
        for sample in samples.SAMPLES:
            trial.shown(NOTE, fields, sample)
        assert field == "text" or strange(environment, source) is None
