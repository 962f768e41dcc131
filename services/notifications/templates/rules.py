"""What words may be given for, what they may contain, and what is wrong with them. Pure.

A template sees values, chooses and repeats; it computes nothing and calls nothing, so that it always ends and says
only what its reader may know anyway. Its HTML loads nothing from elsewhere and runs nothing.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from services.notifications.notices.wording import HTML, PLAIN
from services.notifications.notifications.rules import Channel
from services.notifications.templates import markup

LONGEST = 20_000  # letters of one field


class Event(StrEnum):
    """What there are words for: each kind of notice, and the message that lists several."""

    ESCALATION = "escalation"
    HANDOVER = "handover"
    DIRECTIVE = "directive"
    REMINDER = "reminder"
    GROUP = "group"


class InUse(StrEnum):
    """Whose words are in use."""

    BUILT_IN = "built_in"
    GIVEN = "given"
    BROKEN = "broken"  # given ones that could not say something: the built-in ones


class Key(NamedTuple):
    """Which words."""

    event: Event
    channel: Channel
    language: str


class Fault(NamedTuple):
    """What is wrong with a field: `code` for programs, `detail` is what it is about, such as a name."""

    field: str
    code: str
    detail: str


MESSAGES = {
    "missing": "This has to be written.",
    "surplus": "There is no such field here.",
    "syntax": "This is no valid template: {}",
    "too_long": f"At most {LONGEST} letters, please: {{}} are too many.",
    "forbidden": "A template may show values, choose with if and repeat with for, once deep; not: {}",
    "unknown": "There is no value called {} here.",
    "filter": "There is no filter called {} here.",
    "markup": "This has no place in a mail: {}",
    "slot": "The part for each reader, {{ slot }}, has to stand here exactly once.",
    "link": "The link to the page, {{ link }}, has to stand here.",
    "links": "The link of each item, {{ item.link }}, has to stand here.",
    "empty": "Nothing would be left of it.",
    "fails": "It cannot say the example: {}",
}

_MAIL = ("subject", "text", "html")
_PERSON = ("person_text", "person_html")
PHONE = (Channel.SMS, Channel.ZALO)
_VALUES = {
    Event.ESCALATION: {"title", "issue", "told", "vacancies"},
    Event.HANDOVER: {"title", "issue", "told", "vacancies", "passed"},
    Event.DIRECTIVE: {
        "title", "heading", "purpose", "number", "issuer", "body", "reason", "pass_on_by", "files",
    },
    Event.REMINDER: {"title", "code", "day", "body", "told"},
    Event.GROUP: {"title", "group", "name", "links"},
}  # fmt: skip
_PERSON_VALUES = {"name", "reasons", "link"}
_FILTERS = {
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "length",
    "default",
    "join",
    "first",
    "last",
    "truncate",
}
_SPECIAL = {"self", "super", "caller", "varargs", "kwargs"}  # Jinja's own
_TESTS = {"defined", "undefined", "none"}
# Everything else is refused: calls, arithmetic, assignments, macros, includes.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For, nodes.If,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Test,
    nodes.Tuple, nodes.Concat, nodes.Getitem,
)  # fmt: skip


def fields_of(event: str, channel: str) -> tuple[str, ...]:
    """What has to be written; nothing, if there are no such words."""
    if event not in list(Event):
        return ()
    if channel == Channel.EMAIL:
        return _MAIL if event == Event.GROUP else _MAIL + _PERSON
    return ("text",) if channel in PHONE and event != Event.GROUP else ()


def keys(languages: tuple[str, ...]) -> Iterator[Key]:
    """All there are, in order."""
    for event in Event:
        for channel in (Channel.EMAIL, *PHONE):
            if fields_of(event, channel):
                yield from (Key(event, channel, language) for language in languages)


def values_of(key: Key, field: str) -> list[str]:
    """The names of the values that a field may show."""
    if field in _PERSON:
        return sorted(_PERSON_VALUES)
    framed = key.channel is Channel.EMAIL and key.event is not Event.GROUP and field != "subject"
    return sorted(_VALUES[key.event] | {"subject"} | ({"slot"} if framed else set()))


def check(key: Key, given: Mapping[str, str]) -> Fault | None:
    """The first thing that is wrong, as far as can be seen without an example."""
    wanted = fields_of(key.event, key.channel)
    if strange := sorted(given.keys() ^ set(wanted)):
        return Fault(strange[0], "missing" if strange[0] in wanted else "surplus", "")
    for field in wanted:
        if found := _wrong(given[field], values_of(key, field), field.endswith("html")):
            return Fault(field, *found)
    return None


def _wrong(source: str, values: list[str], is_html: bool) -> tuple[str, str] | None:
    if len(source) > LONGEST:
        return "too_long", str(len(source))
    environment = HTML if is_html else PLAIN
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        return "syntax", f"{error.message} ({error.lineno})"
    except RecursionError:
        return "forbidden", "…"
    if found := _forbidden(tree, set(values)):
        return found
    if is_html and (strange := markup.strange(environment, source)):
        return "markup", strange
    return None


def _forbidden(tree: nodes.Template, values: set[str]) -> tuple[str, str] | None:
    for node, depth in _walked(tree, 0):
        if not isinstance(node, _ALLOWED) or depth > 1:
            return "forbidden", type(node).__name__.lower()
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            return "filter", node.name
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            return "forbidden", node.name
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            return "unknown", node.attr
        if isinstance(node, nodes.Name) and node.name in _SPECIAL:
            return "unknown", node.name
        # A number picks one of a list; anything else would reach what attributes may not.
        if isinstance(node, nodes.Getitem) and not (
            isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int)
        ):
            return "forbidden", "[…]"
        if isinstance(node, nodes.For) and (node.recursive or node.test or not _is_value(node.iter)):
            return "forbidden", "for"
    if unknown := find_undeclared_variables(tree) - values:
        return "unknown", min(unknown)
    return None


def _is_value(node: nodes.Node) -> bool:
    """Only what there is can be gone through: its length is that of the facts."""
    while isinstance(node, nodes.Getattr):
        node = node.node
    return isinstance(node, nodes.Name)


def _walked(node: nodes.Node, depth: int) -> Iterator[tuple[nodes.Node, int]]:
    """Every node, with the number of loops around it, itself one of them."""
    depth += isinstance(node, nodes.For)
    yield node, depth
    for child in node.iter_child_nodes():
        yield from _walked(child, depth)
