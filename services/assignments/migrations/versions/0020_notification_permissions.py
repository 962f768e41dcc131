"""The roles may do in the notifications service what they are there for: word messages, issue directives."""

from alembic import op
from sqlalchemy import Text, column, table

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_SOURCE = "Mặc định của hệ thống; tỉnh tự sửa theo quy định của mình"
_SCOPES = {
    "administrator": ("notifications:configure", "notifications:direct", "notifications:write"),
    "coordinator": ("notifications:configure", "notifications:direct"),
}
_permissions = table("role_permissions", column("role_code", Text), column("scope", Text), column("source", Text))


def upgrade() -> None:
    op.bulk_insert(
        _permissions,
        [
            {"role_code": role, "scope": scope, "source": _SOURCE}
            for role, scopes in _SCOPES.items()
            for scope in scopes
        ],
    )


def downgrade() -> None:
    for role, scopes in _SCOPES.items():
        op.execute(_permissions.delete().where(_permissions.c.role_code == role, _permissions.c.scope.in_(scopes)))
