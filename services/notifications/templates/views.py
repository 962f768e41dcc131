"""The HTTP interface of given words. They are used everywhere: no territory narrows them, and only whose territory
is everything gives others."""

from typing import Any

from flask.views import MethodView

from services.notifications.documented import changes_a_record, may_be_missing
from services.notifications.templates import actions, queries, schemas, shown, trial
from shared.web.auth import principal, requires
from shared.web.documented import ETAG
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("templates", __name__, description="The words of messages, and others instead")

Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("/templates")
class Templates(MethodView):
    """All words."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.TemplateList, example={"items": [schemas.SUMMARY_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List what may be worded, and whether the built-in words are in use; the list has one page."""
        return {"items": shown.summaries(session())}


@blueprint.route("/templates/<string:event>/<string:channel>/<string:language>")
class OneTemplate(MethodView):
    """The words of one event."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.TemplateOutput, example=schemas.EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, event: str, channel: str, language: str) -> Answer:
        """Read the words in use beside the built-in ones."""
        key = queries.known(event, channel, language)
        found = shown.whole(key, queries.newest(session(), key))
        return found, {"ETag": etag_of(found["version"])}

    @requires("notifications:configure")
    @blueprint.arguments(schemas.TemplateInput(), example=schemas.INPUT_EXAMPLE)
    @blueprint.response(200, schemas.TemplateOutput, example=schemas.EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], event: str, channel: str, language: str) -> Answer:
        """Use other words from now on. They are checked first, and tried with two examples; what is wrong is named
        by its field, with `fault.code` and `fault.detail`."""
        key, who = queries.known(event, channel, language), principal()
        before = actions.open_template(session(), key, who)
        check_if_match(before.version if before else 0)
        by = f"client:{who.client_id}"
        added = actions.give(session(), key, before, given["fields_"], by, given["note"])
        return shown.whole(key, added), {"ETag": etag_of(added.version)}


@blueprint.route("/templates/<string:event>/<string:channel>/<string:language>/versions")
class Versions(MethodView):
    """What was given."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.VersionList, example={"items": [schemas.VERSION_EXAMPLE]})
    @may_be_missing()
    def get(self, event: str, channel: str, language: str) -> dict[str, Any]:
        """Read all versions, the newest first; the list has one page."""
        return {"items": queries.versions(session(), queries.known(event, channel, language))}


@blueprint.route("/templates/<string:event>/<string:channel>/<string:language>/restorations")
class Restorations(MethodView):
    """Going back."""

    @requires("notifications:configure")
    @blueprint.arguments(schemas.RestorationInput(), example={"version": 0})
    @blueprint.response(201, schemas.TemplateOutput, example=schemas.EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], event: str, channel: str, language: str) -> Answer:
        """Use an earlier version again, or the built-in words; this makes a new version."""
        key, who = queries.known(event, channel, language), principal()
        before = actions.open_template(session(), key, who)
        check_if_match(before.version if before else 0)
        added = actions.restore(session(), key, before, given["version"], f"client:{who.client_id}")
        return shown.whole(key, added), {"ETag": etag_of(added.version)}


@blueprint.route("/templates/<string:event>/<string:channel>/<string:language>/previews")
class Previews(MethodView):
    """Trying words."""

    @requires("notifications:read")
    @blueprint.arguments(schemas.PreviewInput(), example=schemas.PREVIEW_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.PreviewOutput, example=schemas.PREVIEW_EXAMPLE)
    @may_be_missing()
    def post(self, given: dict[str, Any], event: str, channel: str, language: str) -> dict[str, str]:
        """See an example as its reader would, in these words or, without any, in those in use; nothing is kept."""
        key = queries.known(event, channel, language)
        if given["fields_"] is not None:
            trial.check_all(key, given["fields_"])
            return trial.shown(key, given["fields_"], given["sample"])
        return trial.shown(key, shown.fields_in_use(queries.newest(session(), key)), given["sample"])
