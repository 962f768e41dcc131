"""What HTML a mail may consist of: text, tables, links; nothing that is loaded, run or sent. Pure."""

import re
from html.parser import HTMLParser

from jinja2 import Environment, nodes

_TAGS = {
    "a", "b", "blockquote", "br", "div", "em", "h1", "h2", "h3", "hr", "i", "li", "ol", "p", "small", "span",
    "strong", "table", "tbody", "td", "th", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "align", "cellpadding", "cellspacing", "class", "colspan", "dir", "href", "lang", "role", "rowspan", "style",
    "title", "valign", "width",
}  # fmt: skip
_LINKS = {"link", "url", "item.link", "links.acknowledge_all", "links.unsubscribe"}  # values that are addresses
_WHERE_TO = ("https://", "mailto:", "tel:")
_NOT_IN_STYLE = ("url", "\\", "expression", "@", "behavior", "binding", "/*", "position")

# Stand for pieces of template; text that holds them is refused.
_VALUE, _CHOICE, _LINK, _BLOCK = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = _VALUE + _CHOICE + _LINK + _BLOCK
_JOINED = re.compile(f"[^\\s:;]{_CHOICE}|{_CHOICE}[^\\s;]")  # a choice that becomes a part of a word


def strange(environment: Environment, source: str) -> str | None:
    """What in a template of HTML has no place in a mail, whatever it is given to say."""
    if any(each in source for each in _MARKS):
        return "U+E000"
    reader = _Reader()
    reader.feed(_flat(environment, source))
    reader.close()
    return reader.found or ("<" if reader.rawdata else None)


def _flat(environment: Environment, source: str) -> str:
    """The HTML alone, with a mark where a value or a block stands."""
    flat: list[str] = []
    inside: list[str] | None = None
    for _, kind, word in environment.lex(source):
        if inside is None:
            if kind in ("variable_begin", "block_begin"):
                inside = []
            else:  # text; a raw block counts as a block, because what is in it may look like anything
                flat.append(word if kind == "data" else _BLOCK)
        elif kind in ("variable_end", "block_end"):
            flat.append(_mark(environment, "".join(inside)) if kind == "variable_end" else _BLOCK)
            inside = None
        else:
            inside.append(word)
    return "".join(flat)


def _mark(environment: Environment, expression: str) -> str:
    if expression.strip() in _LINKS:
        return _LINK
    (output,) = environment.parse("{{" + expression + "}}").body
    assert isinstance(output, nodes.Output)
    return _CHOICE if all(_is_choice(each) for each in output.nodes) else _VALUE


def _is_choice(node: nodes.Node | None) -> bool:
    """Text of the template itself, perhaps one of several."""
    if isinstance(node, nodes.CondExpr):
        return _is_choice(node.expr1) and (node.expr2 is None or _is_choice(node.expr2))
    return isinstance(node, nodes.TemplateData | nodes.Const) and not any(
        each in str(node.value if isinstance(node, nodes.Const) else node.data).lower() for each in _NOT_IN_STYLE
    )


class _Reader(HTMLParser):
    """Finds the first strange thing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(f"<{tag}>", tag in _TAGS)
        for name, value in attrs:
            self._note(f"{tag} {name}=“{value}”", name in _ATTRIBUTES and _is_fine(name, value or ""))

    def handle_endtag(self, tag: str) -> None:
        self._note(f"</{tag}>", tag in _TAGS)

    def handle_comment(self, data: str) -> None:
        self._note("<!--", False)

    def handle_decl(self, decl: str) -> None:
        self._note(f"<!{decl}>", False)

    def handle_pi(self, data: str) -> None:
        self._note(f"<?{data}>", False)

    def unknown_decl(self, data: str) -> None:
        self._note(f"<![{data}]>", False)

    def handle_data(self, data: str) -> None:
        # A tag that the parser gave up on, which a mail program may read after all.
        self._note("<", "<" not in data)

    def _note(self, what: str, fine: bool) -> None:
        if not fine and self.found is None:
            shown = "".join("…" if each in _MARKS else each for each in what)
            self.found = shown[:80]


def _is_fine(name: str, value: str) -> bool:
    if name == "href":
        return value == _LINK or (value.lower().startswith(_WHERE_TO) and not any(each in value for each in _MARKS))
    if _BLOCK in value or _VALUE in value or _LINK in value:
        return False
    return name != "style" or not (_JOINED.search(value) or any(each in value.lower() for each in _NOT_IN_STYLE))
