"""The OpenAPI documents are valid, and the services answer nothing that they do not say."""

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.apis.conftest import Apis
from tests.integration.apis.operations import SERVICES, operations
from tests.support import tokens

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_is_valid(apis: Apis, service: str) -> None:
    """It is OpenAPI 3.1, every operation has a summary and its errors are problems."""
    document = apis.client(service).get(f"/api/{service}/v1/openapi.json").json
    assert document and document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()
    for operation in (each for each in operations(apis) if each.service == service):
        assert operation.spec.get("summary"), operation.name
        for status, answer in operation.spec["responses"].items():
            if int(status) >= 400 and "/oauth/" not in operation.template:
                assert list(answer["content"]) == ["application/problem+json"], operation.name


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_is_served_from_here(apis: Apis, service: str) -> None:
    """The documentation page and its assets come from the service itself."""
    client = apis.client(service)
    page = client.get(f"/api/{service}/v1/docs/")
    assert page.status_code == 200
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.text)
    with client.get(f"/api/{service}/v1/docs/swagger-ui-bundle.js") as script:
        assert script.status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_generated_requests_find_nothing_undocumented(apis: Apis, service: str) -> None:
    """Requests made up from the document, good and bad, find no 5xx and no answer it does not describe."""
    schema = schemathesis.openapi.from_wsgi(f"/api/{service}/v1/openapi.json", apis.apps[service])
    for result in schema.get_all_operations():
        operation = result.ok()
        if "/oauth/token" in operation.path:
            continue  # its form and its errors are OAuth's; the service's own tests cover them

        @settings(
            max_examples=EXAMPLES,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def probe(case: Any) -> None:
            case.headers = {**(case.headers or {}), **tokens.bearer()}
            case.call_and_validate(checks=CHECKS)

        probe()
