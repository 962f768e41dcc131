"""Tokens and keys as the token endpoint documents them."""

from marshmallow import fields

from shared.web.schemas import Output


class TokenOutput(Output):
    """An access token (RFC 6749, section 5.1)."""

    access_token = fields.String(required=True, metadata={"description": "Send as Authorization: Bearer …"})
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds"})
    scope = fields.String(required=True, metadata={"description": "The scopes it holds, separated by spaces"})
    capacity = fields.String(metadata={"description": "Of an official only: posts, or the code of a role"})
    refresh_token = fields.String(
        metadata={"description": "Of an official only; good once. Absent when a repeat is answered"}
    )


class KeySetOutput(Output):
    """Public keys (RFC 7517)."""

    keys = fields.List(fields.Dict(), required=True)


TOKEN_FORM = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {"type": "string", "enum": ["client_credentials", "refresh_token"]},
                    "scope": {
                        "type": "string",
                        "description": "Scopes separated by spaces; all granted if left out",
                    },
                    "refresh_token": {"type": "string", "description": "With the grant of that name"},
                    "capacity": {"type": "string", "description": "With it: posts, or the code of a role"},
                    "client_id": {"type": "string", "description": "Unless sent as HTTP Basic"},
                    "client_secret": {"type": "string", "description": "Unless sent as HTTP Basic"},
                },
            },
            "example": {"grant_type": "client_credentials", "scope": "assignments:read"},
        }
    },
}

OAUTH_ERROR = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["error"],
            "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
        },
        "example": {"error": "invalid_client", "error_description": "Unknown client or wrong secret."},
    }
}

TOKEN_EXAMPLE = {
    "access_token": "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi…",
    "token_type": "Bearer",
    "expires_in": 900,
    "scope": "assignments:read",
}
