"""The HTTP interface of preferences, and of the rules that hold whatever anybody wishes."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.notifications.documented import changes_a_record, may_be_missing
from services.notifications.notices.rules import Kind
from services.notifications.preferences import actions, queries, schemas
from services.notifications.preferences.model import Preference, TellingRule, TellingSettings
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.documented import ETAG
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("preferences", __name__, description="How and when officials wish to be told")
# They hold everywhere: no territory narrows them, and only whose territory is everything sets them.
rules = Blueprint("telling", __name__, description="What holds whatever anybody wishes")


@blueprint.route("/preferences/<uuid:official_id>")
class Preferences(MethodView):
    """What one official wishes."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.PreferencesOutput, example=schemas.PREFERENCES_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, official_id: UUID) -> tuple[Preference, dict[str, str]]:
        """Read what an official wishes, or the defaults: one's own, or anybody's if one may go everywhere."""
        found = queries.preference(session(), official_id, principal())
        return found, {"ETag": etag_of(found.version)}

    @requires("notifications:read")
    @blueprint.arguments(schemas.PreferencesInput(), example=schemas.PREFERENCES_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.PreferencesOutput, example=schemas.PREFERENCES_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], official_id: UUID) -> tuple[Preference, dict[str, str]]:
        """Set what an official wishes: by themself, or by a client with notifications:write. It holds for what is
        told from now on, and never takes away what the rules name."""
        who = principal()
        found = actions.open_preference(session(), official_id, who)
        check_if_match(found.version)
        by = "official" if who.official == official_id else f"client:{who.client_id}"
        return actions.set_preference(session(), found, given, by), {"ETag": etag_of(found.version)}


@rules.route("/telling-rules")
class TellingRules(MethodView):
    """The rules."""

    @requires("notifications:read")
    @rules.response(200, schemas.TellingRuleList, example={"items": [schemas.RULE_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List how much which notices matter and what cannot be switched off; the list has one page."""
        return {"items": queries.rules(session())}


@rules.route("/telling-rules/<string:kind>/<string:detail>")
class OneTellingRule(MethodView):
    """One rule."""

    @requires("notifications:read")
    @rules.response(200, schemas.TellingRuleOutput, example=schemas.RULE_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, kind: str, detail: str) -> tuple[TellingRule, dict[str, str]]:
        """Read a rule."""
        found = queries.rule(session(), kind, detail)
        return found, {"ETag": etag_of(found.version)}

    @requires("notifications:write")
    @rules.arguments(schemas.TellingRuleInput(), example=schemas.RULE_INPUT_EXAMPLE)
    @rules.response(200, schemas.TellingRuleOutput, example=schemas.RULE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], kind: str, detail: str) -> tuple[TellingRule, dict[str, str]]:
        """Change a rule, or give a severity or a kind of reminder one of its own (If-Match: *)."""
        _check(kind)
        found = actions.open_rule(session(), kind, detail, principal())
        check_if_match(found.version)
        return actions.set_rule(session(), found, given), {"ETag": etag_of(found.version)}

    @requires("notifications:write")
    @rules.response(204)
    @changes_a_record()
    def delete(self, kind: str, detail: str) -> None:
        """Have the general rule of the kind hold again."""
        _check(kind)
        found = actions.open_rule(session(), kind, detail, principal())
        check_if_match(found.version)
        actions.drop_rule(session(), found)


@rules.route("/telling-settings")
class Settings(MethodView):
    """By which clock, and when many notices become one message."""

    @requires("notifications:read")
    @rules.response(200, schemas.TellingSettingsOutput, example=schemas.SETTINGS_EXAMPLE, headers=ETAG)
    def get(self) -> tuple[TellingSettings, dict[str, str]]:
        """Read them."""
        found = queries.settings(session())
        return found, {"ETag": etag_of(found.version)}

    @requires("notifications:write")
    @rules.arguments(schemas.TellingSettingsInput(), example=schemas.SETTINGS_INPUT_EXAMPLE)
    @rules.response(200, schemas.TellingSettingsOutput, example=schemas.SETTINGS_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any]) -> tuple[TellingSettings, dict[str, str]]:
        """Change them; they hold for what is told from now on."""
        found = actions.open_settings(session(), principal())
        check_if_match(found.version)
        return actions.set_settings(session(), found, given), {"ETag": etag_of(found.version)}


def _check(kind: str) -> None:
    if kind not in list(Kind):
        raise NotFound()
