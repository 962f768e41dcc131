"""The outcome, for people."""

from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from caunoi.demo.facts import Escalation, Outcome, Reform
from shared.clock import LOCAL


def show(console: Console, outcome: Outcome, mailbox: str) -> None:
    """Who was told, why, when, after how long and where to read it; then the acknowledgement and the verdict."""
    for number, escalation in enumerate(outcome.escalations):
        if outcome.reform and number == len(outcome.escalations) - 1:
            _show_reform(console, outcome.reform)
        console.print()
        console.print(_heading(escalation))
        console.print(_table(escalation, mailbox))
        for each in escalation.vacancies:
            heir = f"; chuyển lên · fell to: {each['fell_to']}" if each["fell_to"] else ""
            console.print(f"  Khuyết · Vacant: {escape(each['post_name_vi'])}, {escape(each['place'])}{heir}")
    if outcome.acknowledgement:
        console.print()
        console.print(f"[bold]Diễn biến · Timeline {outcome.acknowledgement['issue']}[/]")
        for line in outcome.acknowledgement["timeline"]:
            console.print(f"  {_time(line['at'])}  {escape(line['vi'])}")
    console.print()
    if outcome.faults:
        for fault in outcome.faults:
            console.print(f"[red]✗ {escape(fault)}[/]")
        console.print(f"Kept for you to look at: {outcome.home} (logs/ holds one log per role)")
        return
    mails = sum(len(person.mails) for each in outcome.escalations for person in each.told)
    console.print(
        f"[green]✓[/] {len(outcome.escalations)} escalations, {mails} people told, each exactly once, through "
        f"{len(outcome.troubles)} crashes; {outcome.units} units; ready in {outcome.ready_seconds:.1f} s, "
        f"all in {outcome.seconds:.0f} s."
    )


def _show_reform(console: Console, reform: Reform) -> None:
    """In a few lines: how many units became how many, and where the open issues of Bến Tre lie now."""
    levels = ("province", "district", "commune")
    old, new = (
        "/".join(f"{reform.report[name][each]:,}" for each in levels if each in reform.report[name])
        for name in ("ending", "beginning")
    )
    took = f"{reform.plan_seconds:.1f} + {reform.apply_seconds:.1f} s"
    console.print()
    console.print(f"[bold]01/07/2025  Sắp xếp đơn vị hành chính · The reform: {old} → {new}[/] ({took})")
    alone = [f"{each['code']} {each['name']}" for each in reform.report["unmapped"]]
    fresh = [each["name"] for each in reform.report["without_predecessor"]]
    console.print(
        f"  Không có trong danh mục chuyển tiếp · In no row: {escape(', '.join(alone))}; {escape(', '.join(fresh))}"
    )
    for each in reform.moved:
        console.print(f"  {each['code']}  {escape(each['from']['name'])} → [bold]{escape(each['to']['name'])}[/]")


def _heading(escalation: Escalation) -> str:
    place = f"{escalation.hamlet}, {escalation.unit}" if escalation.hamlet else escalation.unit
    trouble = f"\n[yellow]{escape(escalation.trouble)}[/]" if escalation.trouble else ""
    return f"[bold]{escalation.code}  {escape(escalation.title)}[/]\n{escape(place)}{trouble}"


def _table(escalation: Escalation, mailbox: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Ai · Who", "Vì sao · Why", "Lúc · When", "Sau · After", "Hộp thư · Mailbox"):
        table.add_column(name, overflow="fold")
    for person in escalation.told:
        why = "\n".join(
            f"{escape(each['post_name_vi'])}: {escape(each['place'])} ({escape(each['legal_basis'])})"
            + (f"; thay · for {escape(each['standing_in_for'])}" if each["standing_in_for"] else "")
            + (f"; thay · for {escape(away['full_name'])}" if (away := each["substitute_for"]) else "")
            for each in person.reasons
        )
        for mail in person.mails:
            after = f"{escalation.seconds(mail):.2f} s"
            table.add_row(person.full_name, why, _time(mail["received_at"]), after, f"{mailbox}?to={person.email}")
        if not person.mails:
            table.add_row(person.full_name, why, "[red]—[/]", "", person.email)
    return table


def _time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(LOCAL).strftime("%H:%M:%S")
