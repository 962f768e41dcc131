"""The OpenAPI 3.1 document of a service and its page, both served from here: these networks are closed."""

from typing import Any

import flask_smorest
import orjson
from flask import Flask, Response
from flask_swagger_ui import get_swaggerui_blueprint

from shared.contracts.scopes import SCOPES
from shared.web.auth import public
from shared.web.input import Blueprint
from shared.web.problems import MEDIA_TYPE, Problem

# Every operation may answer these; what else it may answer stands beside its view.
_ALWAYS = {
    "400": "The request is malformed",
    "413": "The body is over 1 MiB",
    "422": "A field is missing or wrong; see errors",
    "429": "Too many requests; see Retry-After",
    "500": "Something went wrong on our side",
}
_WITH_TOKEN = {"401": "No valid access token", "403": "The scope or the territory does not allow this"}
_WITH_BODY = {"409": "Conflicts with what is recorded", "415": "Only application/json is read"}


class ServiceApi(flask_smorest.Api):
    """flask-smorest's Api; errors are answered by shared.web.problems, and the document is made when somebody asks
    for it: most processes are never asked, and making it takes longer than all the rest of an application."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask, *, title: str, server: str) -> None:
        app.config |= {
            "API_TITLE": title,
            "API_VERSION": "v1",
            "OPENAPI_VERSION": "3.1.0",
            "API_SPEC_OPTIONS": {"servers": [{"url": server}]},
        }
        super().__init__(app)
        self._undocumented: list[Blueprint] = []

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Register it in the application."""
        names: dict[str, Any] = self._app.extensions["flask-smorest"]["blp_name_to_api"]
        names[blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._undocumented.append(blp)

    def describe(self) -> dict[str, Any]:
        """What flask-smorest knows of all blueprints."""
        while self._undocumented:
            blp = self._undocumented.pop(0)
            blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
            self.spec.tag({"name": blp.name, "description": blp.description})
        found: dict[str, Any] = self.spec.to_dict()
        return found

    def _register_error_handlers(self) -> None:
        """Nothing: one mapping serves errors inside and outside of views."""


def document(app: Flask, api: ServiceApi) -> dict[str, Any]:
    """The finished document: problems, security and common answers on every operation."""
    spec = api.describe()
    token_url = "/api/assignments/oauth/token"
    spec.setdefault("components", {})["securitySchemes"] = {
        "oauth": {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": SCOPES}},
        }
    }
    problem_schema = spec["components"].setdefault("schemas", {})
    if "Problem" not in problem_schema:
        api.spec.components.schema("Problem", schema=Problem)
        problem_schema["Problem"] = api.spec.to_dict()["components"]["schemas"]["Problem"]
    access = {_openapi_path(str(rule)): app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                _finish(operation, _scope_of(access[path], method))
    spec["components"].pop("responses", None)
    return spec


def register_docs(app: Flask, api: ServiceApi, prefix: str) -> None:
    """Serve PREFIX/openapi.json and PREFIX/docs/."""
    body: list[bytes] = []

    @public  # the document says what a client must send; it holds no data
    def openapi() -> Response:
        if not body:
            body.append(orjson.dumps(document(app, api), option=orjson.OPT_INDENT_2))
        return Response(body[0], mimetype="application/json", headers={"Cache-Control": "max-age=60"})

    app.add_url_rule(f"{prefix}/openapi.json", "openapi", openapi)
    page = get_swaggerui_blueprint(
        f"{prefix}/docs", f"{prefix}/openapi.json", config={"app_name": app.config["API_TITLE"]}
    )
    app.register_blueprint(page)
    for endpoint in [each for each in app.view_functions if each.startswith(f"{page.name}.")]:
        app.view_functions[endpoint] = public(_plain(app.view_functions[endpoint]))


def _plain(view: Any) -> Any:
    def serve(**kwargs: Any) -> Any:
        return view(**kwargs)

    return serve


def _finish(operation: dict[str, Any], scope: str) -> None:
    answers = dict(_ALWAYS)
    if scope != "public":
        operation["security"] = [{"oauth": [scope]}]
        answers |= _WITH_TOKEN
    if "requestBody" in operation:
        answers |= _WITH_BODY
    responses = operation["responses"]
    responses.pop("default", None)
    for status in [each for each in responses if int(each) >= 400]:
        if "content" in responses[status] and MEDIA_TYPE not in responses[status]["content"]:
            answers.pop(status, None)  # the view answers in another standard's form and says so itself
            continue
        answers[status] = responses[status].get("description") or answers.get(status, "")
        if "$ref" in responses[status]:
            answers[status] = _ALWAYS.get(status, _WITH_BODY.get(status, "Problem"))
    for status, description in answers.items():
        responses[status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _scope_of(view: Any, method: str) -> str:
    view_class = getattr(view, "view_class", None)
    function = getattr(view_class, method) if view_class else view
    return getattr(function, "access", "public")


def _openapi_path(rule: str) -> str:
    """/issues/<uuid:issue_id> -> /issues/{issue_id}."""
    out = []
    for part in rule.split("<"):
        inside, closed, rest = part.partition(">")
        out.append("{" + inside.split(":")[-1] + "}" + rest if closed else part)
    return "".join(out)
