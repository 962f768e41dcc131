"""The words of a message: the built-in ones from files, others from text that an operator has given.

Both are Jinja templates and compiled once. What was given runs in a sandbox: it sees values and can call nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

_FILES = Path(__file__).parent / "templates"
_OPTIONS: dict[str, Any] = {
    "loader": FileSystemLoader(_FILES),
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "auto_reload": False,
}
_built_in = Environment(**_OPTIONS, autoescape=select_autoescape(["html"]))
PLAIN, HTML = (ImmutableSandboxedEnvironment(**_OPTIONS, autoescape=each) for each in (False, True))

_CONTENT = re.compile(r"\A(.*?\{% block content %\}\n)(.*)(\{% endblock %\}\n\{% block footer %\}.*)\Z", re.S)
_MACRO = re.compile(r"\A(\{% macro [^%]* %\}\n)(.*)(\n\{%- endmacro %\}\n?)\Z", re.S)

Person = Callable[[str, list[Any], str], str]


class Unfit(Exception):
    """Given words leave out what has to be said."""


@dataclass(frozen=True, eq=False, slots=True)
class Wording:
    """What a message is made of. `person` is what differs between its readers: a macro of name, reasons and link,
    because rendering a template for each costs several times as much. `subject` None: the line the notice has."""

    subject: Template | None
    text: Template
    html: Template | None = None
    person_text: Person | None = None
    person_html: Person | None = None


def fill(template: Template, values: Mapping[str, Any]) -> str:
    """What a template makes of values. None of Jinja's own globals: copying them costs a fifth of a letter."""
    return "".join(template.root_render_func(template.new_context(dict(values), shared=True)))


@lru_cache
def built_in(template: str, personal: str | None, language: str) -> Wording:
    """The words that come with the software."""
    return Wording(
        subject=None,
        text=_built_in.get_template(f"{template}.{language}.txt"),
        html=_built_in.get_template(f"{template}.{language}.html"),
        person_text=_person(_built_in.get_template(f"{personal}.{language}.txt")) if personal else None,
        person_html=_person(_built_in.get_template(f"{personal}.{language}.html")) if personal else None,
    )


def given(template: str, personal: str | None, language: str, fields: Mapping[str, str]) -> Wording:
    """Words that were given: `fields` holds what `source_of` shows. They stand where the built-in ones do, in the
    same page and above the same foot. Raises TemplateSyntaxError."""
    before, _, after = _content(template, language)
    return Wording(
        subject=PLAIN.from_string(fields["subject"]),
        text=PLAIN.from_string(fields["text"]),
        html=HTML.from_string(before + fields["html"].rstrip("\n") + "\n" + after),
        person_text=_given_person(PLAIN, personal, language, "txt", fields["person_text"]) if personal else None,
        person_html=_given_person(HTML, personal, language, "html", fields["person_html"]) if personal else None,
    )


def line(source: str) -> Wording:
    """Words of one line that were given. Raises TemplateSyntaxError."""
    return Wording(subject=None, text=PLAIN.from_string(source))


def source_of(template: str, personal: str | None, language: str) -> dict[str, str]:
    """The built-in words as somebody would write them who wants others."""
    found = {
        "subject": "{{ subject }}",
        "text": _read(template, language, "txt"),
        "html": _content(template, language)[1],
    }
    if personal:
        found |= {
            f"person_{to}": _macro(personal, language, ext)[1] for to, ext in (("text", "txt"), ("html", "html"))
        }
    return found


def _person(template: Template) -> Person:
    person: Person = template.module.person  # type: ignore[attr-defined]
    return person


def _given_person(environment: Environment, personal: str, language: str, extension: str, source: str) -> Person:
    before, built, after = _macro(personal, language, extension)
    person = _person(environment.from_string(f"{before}{source}{after}"))
    return _linked(person) if "{{ link }}" in built else person


def _linked(person: Person) -> Person:
    """Where the built-in words lead to a page, others have to."""

    def checked(name: str, reasons: list[Any], link: str) -> str:
        said = person(name, reasons, link)
        if link not in said:
            raise Unfit("the link does not stand there")
        return said

    return checked


def _content(template: str, language: str) -> tuple[str, str, str]:
    return _split(_CONTENT, template, language, "html")


def _macro(personal: str, language: str, extension: str) -> tuple[str, str, str]:
    return _split(_MACRO, personal, language, extension)


def _split(parts: re.Pattern[str], template: str, language: str, extension: str) -> tuple[str, str, str]:
    found = parts.match(_read(template, language, extension))
    assert found, f"{template}.{language}.{extension} is not laid out like the others"
    before, middle, after = found.groups()
    return before, middle, after


@lru_cache
def _read(template: str, language: str, extension: str) -> str:
    return (_FILES / f"{template}.{language}.{extension}").read_text(encoding="utf-8")
