"""The HTTP interface of situation reports."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.visits.reports import configuring, queries, schemas
from services.visits.reports.actions import move, open_report, write
from services.visits.reports.model import Receiver, ReportDeadline, Section, SituationReport
from services.visits.reports.rules import code_of
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("reports", __name__, description="What officials report of their places, period by period")

Answer = tuple[dict[str, Any], dict[str, str]]

_NO_ROW = {"404": {"description": "There can be no such row"}}


@blueprint.route("/report-sections")
class Sections(MethodView):
    """What a report must speak of."""

    @requires("visits:read")
    @blueprint.response(200, schemas.ReportSectionOutput(many=True))
    def get(self) -> Sequence[Section]:
        """List the sections, also those no longer asked for."""
        return queries.sections(session())


@blueprint.route("/report-deadlines")
class Deadlines(MethodView):
    """When reports are due."""

    @requires("visits:read")
    @blueprint.response(200, schemas.ReportDeadlineOutput(many=True))
    def get(self) -> Sequence[ReportDeadline]:
        """List for each period when its reports are due and chased."""
        return queries.deadlines(session())


@blueprint.route("/report-sections/<string:section_code>")
class OneSection(MethodView):
    """One section."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.ReportSectionInput())
    @blueprint.response(200, schemas.ReportSectionOutput)
    @blueprint.doc(responses=_NO_ROW)
    def put(self, given: dict[str, Any], section_code: str) -> Section:
        """Name a section of reports, or change one; needs a token for all provinces."""
        return configuring.set_section(session(), code_of(section_code), given, principal())


@blueprint.route("/report-deadlines/<string:period>")
class OneDeadline(MethodView):
    """The deadline of one period."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.ReportDeadlineInput())
    @blueprint.response(200, schemas.ReportDeadlineOutput)
    @blueprint.doc(responses=_NO_ROW)
    def put(self, given: dict[str, Any], period: str) -> ReportDeadline:
        """Say when the reports of a period are due; needs a token for all provinces."""
        return configuring.set_deadline(session(), period, given, principal())


@blueprint.route("/report-receivers")
class Receivers(MethodView):
    """Who receives reports."""

    @requires("visits:read")
    @blueprint.response(200, schemas.ReceivingPostOutput(many=True))
    def get(self) -> Sequence[Receiver]:
        """List the posts that receive reports: the first that is not vacant does."""
        return queries.receiving_posts(session())

    @requires("visits:configure")
    @blueprint.arguments(schemas.ReportReceiversInput())
    @blueprint.response(200, schemas.ReceivingPostOutput(many=True))
    def put(self, given: dict[str, Any]) -> Sequence[Receiver]:
        """Say which posts receive reports; needs a token for all provinces."""
        return configuring.set_receivers(session(), **given, who=principal())


@blueprint.route("/reports")
class Reports(MethodView):
    """Reports of places inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(schemas.SituationReportInput(), example=schemas.REPORT_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.SituationReportDetailOutput, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Begin a report, prefilled with what happened. 409 with `report_id`: there is one of this period."""
        report = open_report(session(), given, principal())
        body, headers = _shown(report)
        return body, headers | {"Location": f"{request.path}/{report.id}"}

    @requires("visits:read")
    @blueprint.arguments(schemas.ReportFilters(), location="query")
    @blueprint.response(200, page_of(schemas.SituationReportOutput))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List reports, those of the latest period first."""
        return queries.page(session(), filters, principal())


@blueprint.route("/reports/<uuid:report_id>")
class OneReport(MethodView):
    """One report."""

    @requires("visits:read")
    @blueprint.response(200, schemas.SituationReportDetailOutput, headers=ETAG)
    @may_be_missing()
    def get(self, report_id: UUID) -> Answer:
        """Read a report with its figures and history."""
        return _shown(queries.one(session(), report_id, principal()))

    @requires("visits:write")
    @blueprint.arguments(
        schemas.ReportSectionsInput(), example={"sections": {"proposals": "Đề nghị nạo vét kênh."}}
    )
    @blueprint.response(200, schemas.SituationReportDetailOutput, headers=ETAG)
    @changes_a_record()
    def patch(self, given: dict[str, Any], report_id: UUID) -> Answer:
        """Write some sections of a draft, or of a report that was returned."""
        report = _to_change(report_id)
        write(session(), report, given["sections"])
        return _shown(report)


@blueprint.route("/reports/<uuid:report_id>/moves")
class ReportMoves(MethodView):
    """Submitting, taking back, returning and accepting."""

    @requires("visits:write")
    @blueprint.arguments(schemas.ReportMoveInput(), example={"move": "submit"})
    @blueprint.response(201, schemas.SituationReportDetailOutput, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], report_id: UUID) -> Answer:
        """Submit a report to those who receive it, or take it back; or, as one of them, return or accept it."""
        report = _to_change(report_id)
        move(session(), report, given, principal())
        return _shown(report)


def _to_change(report_id: UUID) -> SituationReport:
    report = queries.one(session(), report_id, principal(), locked=True)
    check_if_match(report.version)
    return report


def _shown(report: SituationReport) -> Answer:
    return queries.detailed(session(), report), {"ETag": etag_of(report.version)}
