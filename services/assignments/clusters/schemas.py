"""Clusters as the API reads and shows them."""

from marshmallow import fields, validate

from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.documented import day, end_day, first_day
from shared.web.schemas import CursorArgs, Input, Output, Text

NAME_MAX = 100
COMMUNES_MAX = 200
CODE_MAX = 40


def _communes() -> fields.List:
    return fields.List(
        UnitRef(description="A commune: its code on the first day, or its id"),
        required=True,
        validate=validate.Length(1, COMMUNES_MAX),
        metadata={"description": "Communes of the district", "example": ["28984", "28993"]},
    )


def _code() -> Text:
    about = "The district's own code of it, taken once and for all"
    return Text(max=CODE_MAX, allow_none=True, metadata={"description": about, "example": "TV1"})


class ClusterFilters(CursorArgs):
    """What a list of clusters may be narrowed by."""

    district = UnitRef(load_default=None, description="The district: its code on that day, or its id")
    commune = UnitRef(load_default=None, description="The cluster that holds this commune on that day")
    at = day("Clusters valid, and their communes, on this day; today if left out", load_default=None)


class ClusterDay(Input):
    """On which day a cluster is looked at."""

    at = day("Its communes on this day; today if left out", load_default=None)


class ClusterInput(Input):
    """A new cluster."""

    district = UnitRef(required=True, description="The district: its code on the first day, or its id")
    name = Text(required=True, max=NAME_MAX, metadata={"example": "Tiểu vùng 1"})
    code = _code()
    communes = _communes()
    valid_from = day("First day; today if left out", load_default=None)


class ClusterChange(Input):
    """What may be changed of a cluster; what is left out stays."""

    name = Text(max=NAME_MAX)
    code = _code()
    valid_to = day("First day it is no longer valid")


class CommunesInput(Input):
    """The communes of a cluster from a day on."""

    communes = _communes()
    valid_from = day("From this day on; today if left out", load_default=None)


class ClusterOutput(Output):
    """A cluster (tiểu vùng) of a district, with its communes on the day asked for."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    district = fields.Nested(UnitBrief, required=True)
    at = fields.Date(required=True, metadata={"description": "The day on which it holds these communes"})
    communes = fields.List(fields.Nested(UnitBrief), required=True)
    valid_from = first_day()
    valid_to = end_day()
    version = fields.Integer(required=True)


CLUSTER_INPUT_EXAMPLE = {"district": "834", "name": "Tiểu vùng 1", "communes": ["28984", "28993"]}

CLUSTER_EXAMPLE = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d44",
    "code": "TV1",
    "name": "Tiểu vùng 1",
    "district": UNIT_BRIEF_EXAMPLE | {"code": "834", "name": "Huyện Giồng Trôm"},
    "at": "2026-03-02",
    "communes": [UNIT_BRIEF_EXAMPLE],
    "valid_from": "2026-03-02",
    "valid_to": None,
    "version": 1,
}
