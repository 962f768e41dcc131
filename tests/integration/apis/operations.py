"""Every operation of the three APIs, read from their own OpenAPI documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.integration.apis.conftest import Apis

SERVICES = ("assignments", "visits", "notifications")
PARAMETERS = {  # which made thing stands for a path parameter
    "unit_id": "unit_id",
    "hamlet_id": "hamlet_id",
    "official_id": "official_id",
    "cluster_id": "cluster_id",
    "assignment_id": "assignment_id",
    "issue": "issue",
    "notification_id": "notification_id",
}


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    service: str
    method: str
    template: str
    spec: dict[str, Any]
    document: dict[str, Any]

    @property
    def name(self) -> str:
        """As shown in a test's output."""
        return f"{self.method} {self.template}"

    @property
    def public(self) -> bool:
        """Needs no token."""
        return "security" not in self.spec

    @property
    def scope(self) -> str:
        """The scope it needs."""
        return str(self.spec["security"][0]["oauth"][0])

    def path(self, apis: Apis) -> str:
        """The path of something that exists."""
        out = self.template
        for parameter, made in PARAMETERS.items():
            out = out.replace("{" + parameter + "}", apis.made[made])
        return out.replace("{token}", "not-a-token")

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Follow a $ref."""
        while "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = self.document["components"]["schemas"][name]
        return schema

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its JSON body."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return self.resolve(content["application/json"]["schema"]) if "application/json" in content else None

    @property
    def query(self) -> list[dict[str, Any]]:
        """Its query parameters."""
        return [each for each in self.spec.get("parameters", []) if each["in"] == "query"]

    def needed(self, apis: Apis) -> dict[str, str]:
        """Good values of the query parameters it cannot do without."""
        good = {"unit": "28789", "official": apis.made["official_id"]}
        return {each["name"]: good[each["name"]] for each in self.query if each.get("required")}


def operations(apis: Apis) -> Iterator[Operation]:
    """All documented operations."""
    for service in SERVICES:
        document = apis.client(service).get(f"/api/{service}/v1/openapi.json").json
        assert document is not None
        for template, item in document["paths"].items():
            for method, spec in item.items():
                if method in ("get", "post", "put", "patch", "delete"):
                    yield Operation(service, method.upper(), template, spec, document)
