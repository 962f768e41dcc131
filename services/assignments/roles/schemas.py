"""Roles and permissions as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.assignments.assignments.schemas import BASIS_MAX, OfficialBrief
from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.contracts.scopes import SCOPES
from shared.web.documented import day, end_day, first_day
from shared.web.schemas import CursorArgs, Input, Output, Text


class RoleOutput(Output):
    """An administrative role."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    scopes = fields.Function(
        lambda role: [each.scope for each in role.permissions],
        required=True,
        metadata={"type": "array", "items": {"type": "string"}},
    )
    source = fields.String(required=True)


class PostPermissionsInput(Input):
    """What a post allows."""

    scopes = fields.List(
        fields.String(validate=validate.OneOf(list(SCOPES))), required=True, validate=validate.Length(max=50)
    )
    source = Text(required=True, max=BASIS_MAX, metadata={"description": "The decision it rests on"})


class PermissionOutput(Output):
    """A scope that is allowed."""

    scope = fields.String(required=True)
    source = fields.String(required=True)


class PostPermissionsOutput(Output):
    """What a post allows."""

    permissions = fields.List(fields.Nested(PermissionOutput), required=True)


class GrantFilters(CursorArgs):
    """What a list of grants may be narrowed by."""

    official = fields.UUID(load_default=None)
    role = Text(load_default=None, max=60)
    at = day("Grants in force on this day; all if left out", load_default=None)


class GrantInput(Input):
    """A role for an official."""

    official = fields.UUID(required=True)
    role = Text(required=True, max=60, metadata={"description": "A code from /roles", "example": "coordinator"})
    unit = UnitRef(allow_none=True, load_default=None, description="Where; everywhere if left out")
    valid_from = day("First day; today if left out", load_default=None)
    valid_to = day("First day it is no longer in force; open if left out", load_default=None, allow_none=True)
    source = Text(required=True, max=BASIS_MAX, metadata={"description": "The decision it rests on"})


class GrantEnd(Input):
    """The end of a grant."""

    valid_to = day("First day it is no longer in force", required=True)


class GrantOutput(Output):
    """An official has a role."""

    id = fields.UUID(required=True)
    official = fields.Nested(OfficialBrief, required=True)
    role = fields.String(required=True, attribute="role_code")
    unit = fields.Nested(UnitBrief, required=True, allow_none=True)
    valid_from = first_day()
    valid_to = end_day()
    source = fields.String(required=True)
    version = fields.Integer(required=True)


_SOURCE = "Quyết định 15-QĐ/BTCTU"
ROLE_EXAMPLE: dict[str, Any] = {
    "code": "auditor",
    "name_vi": "Kiểm tra, giám sát",
    "name_en": "Auditor",
    "scopes": ["assignments:audit", "assignments:read"],
    "source": _SOURCE,
}
PERMISSIONS_INPUT_EXAMPLE = {"scopes": ["assignments:read", "visits:read"], "source": _SOURCE}
PERMISSIONS_EXAMPLE = {"permissions": [{"scope": "assignments:read", "source": _SOURCE}]}
GRANT_INPUT_EXAMPLE = {
    "official": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "role": "coordinator",
    "unit": "83",
    "source": _SOURCE,
}
GRANT_EXAMPLE = GRANT_INPUT_EXAMPLE | {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d99",
    "official": {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", "full_name": "Nguyễn Văn An"},
    "unit": UNIT_BRIEF_EXAMPLE | {"code": "83", "name": "Tỉnh Bến Tre"},
    "valid_from": "2026-03-02",
    "valid_to": None,
    "version": 1,
}
