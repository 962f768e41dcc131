"""The rule sets that come along, read from the files beside this one as any other is read."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from marshmallow import ValidationError

from services.assignments.rulesets.schemas import RuleSetInput
from shared.errors import BadInput


@cache
def presets() -> dict[str, dict[str, Any]]:
    """All of them by name, each as RuleSetInput loads it."""
    folder = files(__package__) / "presets"
    found = [read(each.read_bytes()) for each in folder.iterdir() if each.name.endswith(".json")]
    return {each["name"]: each for each in sorted(found, key=lambda each: str(each["name"]))}


def named(name: str) -> dict[str, Any]:
    """One of them; raises BadInput naming `preset`."""
    if name not in presets():
        raise BadInput(f"There is no preset {name}; there are: {', '.join(presets())}.", field="preset")
    return presets()[name]


def read(raw: bytes) -> dict[str, Any]:
    """A rule set from JSON; raises BadInput saying what is wrong with it."""
    try:
        return dict(RuleSetInput().load(orjson.loads(raw)))
    except orjson.JSONDecodeError as error:
        raise BadInput(f"This is not JSON: {error}", field="rules") from error
    except ValidationError as error:
        raise BadInput(f"This is no rule set: {error.normalized_messages()}", field="rules") from error
