"""Administrators may have notifications that failed sent again."""

from alembic import op
from sqlalchemy import column, table

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_PERMISSION = {
    "role_code": "administrator",
    "scope": "notifications:replay",
    "source": "Mặc định của hệ thống; tỉnh tự sửa theo quy định của mình",
}


def upgrade() -> None:
    permissions = table("role_permissions", *map(column, _PERMISSION))
    op.bulk_insert(permissions, [_PERMISSION])


def downgrade() -> None:
    op.execute("DELETE FROM role_permissions WHERE role_code = 'administrator' AND scope = 'notifications:replay'")
