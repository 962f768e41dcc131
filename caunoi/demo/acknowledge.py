"""One official acknowledges, as a person would: by the link in the mail and the button on the page."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from caunoi.demo.api import Api
from caunoi.demo.facts import Escalation
from caunoi.demo.system import Deadline, Failed


class _Form(HTMLParser):
    """The first form of a page that is posted: its action and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a form and of the fields in it."""
        given = dict(attrs)
        if tag == "form" and (given.get("method") or "").lower() == "post" and self.action is None:
            self.action, self.is_open = given.get("action") or "", True
        elif tag in ("input", "button") and self.is_open and given.get("name"):
            self.fields.setdefault(given["name"] or "", given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        """The form ends; others on the page are other buttons."""
        self.is_open = self.is_open and tag != "form"


def acknowledge(api: Api, escalation: Escalation, deadline: Deadline) -> dict[str, Any]:
    """Open the link (which only shows the page), press the button, wait for the timeline. Raises Failed."""
    person = escalation.told[0]
    mail = api.get(f"/mailbox/{person.mails[0]['id']}.json")
    link = re.search(r"https?://\S+/xac-nhan/[^\s>]+", mail["text"])
    if link is None:
        raise Failed(f"There is no link to acknowledge in the mail to {person.email}")
    status, text = api.page("GET", link.group())
    form = _Form()
    form.feed(text)
    if status != 200 or form.action is None:
        raise Failed(f"The page behind the link in the mail answers {status} and has no button")
    if _line(api, escalation, person.full_name):
        raise Failed("Opening the link alone has acknowledged: a mail scanner would have done so too")
    status, text = api.page("POST", urljoin(link.group(), form.action or link.group()), form.fields)
    if status != 200:
        raise Failed(f"The button on the page answers {status}")
    line = deadline.wait(
        lambda: _line(api, escalation, person.full_name),
        lambda: f"the acknowledgement of {person.full_name} on the timeline of {escalation.code}",
    )
    timeline = api.items(f"/api/visits/v1/issues/{escalation.code}/timeline")
    return {
        "by": person.full_name,
        "issue": escalation.code,
        "at": line["at"],
        "timeline": [{"at": each["at"], "vi": each["text"]["vi"], "en": each["text"]["en"]} for each in timeline],
    }


def _line(api: Api, escalation: Escalation, name: str) -> Any:
    timeline = api.items(f"/api/visits/v1/issues/{escalation.code}/timeline")
    return next(
        (each for each in timeline if each["kind"] == "acknowledged" and each["actor"]["name"] == name), None
    )
