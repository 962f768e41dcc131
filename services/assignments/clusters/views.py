"""The HTTP interface of clusters."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.clusters import queries
from services.assignments.clusters.actions import add_cluster, change_cluster, set_communes
from services.assignments.clusters.model import Cluster
from services.assignments.clusters.schemas import (
    CLUSTER_EXAMPLE,
    CLUSTER_INPUT_EXAMPLE,
    ClusterChange,
    ClusterDay,
    ClusterFilters,
    ClusterInput,
    ClusterOutput,
    CommunesInput,
)
from shared import clock
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("clusters", __name__, description="Clusters (tiểu vùng): communes of one district")

Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("/clusters")
class Clusters(MethodView):
    """The clusters inside the territory on a day."""

    @requires("assignments:read")
    @blueprint.arguments(ClusterFilters, location="query")
    @blueprint.response(200, page_of(ClusterOutput), example={"items": [CLUSTER_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List clusters, oldest first."""
        return queries.page(session(), filters, principal())

    @requires("assignments:write")
    @blueprint.arguments(ClusterInput, example=CLUSTER_INPUT_EXAMPLE)
    @blueprint.response(201, ClusterOutput, example=CLUSTER_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Add a cluster of a district."""
        cluster = add_cluster(session(), principal(), **given)
        body, headers = _answer(cluster)
        return body, headers | {"Location": f"{request.path}/{cluster.id}"}


@blueprint.route("/clusters/<uuid:cluster_id>")
class OneCluster(MethodView):
    """One cluster."""

    @requires("assignments:read")
    @blueprint.arguments(ClusterDay, location="query")
    @blueprint.response(200, ClusterOutput, example=CLUSTER_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, args: dict[str, Any], cluster_id: UUID) -> Answer:
        """Read a cluster as it is on a day."""
        cluster = queries.one(session(), cluster_id, principal())
        return queries.shown(cluster, args["at"] or clock.today()), {"ETag": etag_of(cluster.version)}

    @requires("assignments:write")
    @blueprint.arguments(ClusterChange, example={"name": "Tiểu vùng Bắc"})
    @blueprint.response(200, ClusterOutput, example=CLUSTER_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def patch(self, changes: dict[str, Any], cluster_id: UUID) -> Answer:
        """Rename or end a cluster."""
        return _answer(change_cluster(session(), _unchanged(cluster_id), changes))


@blueprint.route("/clusters/<uuid:cluster_id>/communes")
class ClusterCommunes(MethodView):
    """The communes of a cluster."""

    @requires("assignments:write")
    @blueprint.arguments(CommunesInput, example={"communes": ["28984"], "valid_from": "2026-07-01"})
    @blueprint.response(200, ClusterOutput, example=CLUSTER_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], cluster_id: UUID) -> Answer:
        """Let it hold exactly these communes from a day on; history stays."""
        return _answer(set_communes(session(), _unchanged(cluster_id), **given))


def _unchanged(cluster_id: UUID) -> Cluster:
    cluster = queries.one(session(), cluster_id, principal(), lock=True)
    check_if_match(cluster.version)
    return cluster


def _answer(cluster: Cluster) -> Answer:
    """The cluster today, or on its first day if that is yet to come."""
    return queries.shown(cluster, max(clock.today(), cluster.valid_from)), {"ETag": etag_of(cluster.version)}
