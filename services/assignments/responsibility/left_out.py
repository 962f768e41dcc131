"""Whom an escalation falls to once somebody is left out: answers with and without them in, people out. Pure."""

from collections.abc import Iterator
from uuid import UUID

from services.assignments.responsibility.rules import Answer, Recipient, Vacancy


def falls_to(before: Answer, after: Answer, official_id: UUID) -> list[Recipient]:
    """Whom it falls to once an official is left out: others who hold what they were told for, and whoever stands in
    for it now. `before` is the answer with the official, `after` the one without. All of `after` if the official
    was not asked any more: then others hold by now what they held."""
    theirs = [person for person in before.recipients if person.official_id == official_id]
    if not theirs:
        return after.recipients
    held = {(reason.post.code, reason.place.id) for person in theirs for reason in person.reasons}
    known = {key for person in before.recipients for key in _keys(person)}
    return [
        person
        for person in after.recipients
        if any((reason.post.code, reason.place.id) in held for reason in person.reasons)
        or any(key not in known for key in _keys(person))
    ]


def lasting(before: Answer, after: Answer) -> list[Vacancy]:
    """The vacancies of `after` that are not only because somebody is left out: a post whose holder could not be
    reached is no vacant one."""
    known = {(each.post.code, each.place.id) for each in before.vacancies}
    return [each for each in after.vacancies if (each.post.code, each.place.id) in known]


def _keys(person: Recipient) -> Iterator[tuple[object, ...]]:
    for reason in person.reasons:
        yield person.official_id, reason.post.code, reason.place.id, reason.standing_in_for, reason.substitute_for
