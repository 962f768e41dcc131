"""Officials sign in: roles and what posts allow, accounts, their links, sessions and tokens. See ADR 19."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    table,
)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SYSTEM = "Mặc định của hệ thống; tỉnh tự sửa theo quy định của mình"

_ROLES = [
    ("administrator", "Quản trị hệ thống", "Administrator"),
    ("coordinator", "Điều phối (Ban Tổ chức)", "Coordinator"),
    ("auditor", "Kiểm tra, giám sát", "Auditor"),
]
_READ = ("assignments:read", "visits:read", "notifications:read")
_ROLE_SCOPES = {
    "administrator": (*_READ, "assignments:write", "assignments:accounts", "assignments:audit", "visits:configure"),
    "coordinator": (*_READ, "assignments:write", "visits:configure"),
    "auditor": (*_READ, "assignments:audit"),
}
_POST_SCOPES = (*_READ, "visits:write", "visits:escalate", "notifications:write")


def upgrade() -> None:
    _roles()
    _accounts()
    _sessions()
    _defaults()


def downgrade() -> None:
    for name in (
        "sign_in_attempts",
        "refresh_tokens",
        "account_sessions",
        "recovery_codes",
        "account_links",
        "accounts",
        "role_grants",
        "post_permissions",
        "role_permissions",
        "roles",
    ):
        op.drop_table(name)


def _moment(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _roles() -> None:
    op.create_table(
        "roles",
        Column("code", Text),
        Column("name_vi", Text, nullable=False),
        Column("name_en", Text, nullable=False),
        Column("source", Text, nullable=False),
        PrimaryKeyConstraint("code", name="pk_roles"),
    )
    for name, key, cascade in (("role_permissions", "role", None), ("post_permissions", "post", "CASCADE")):
        op.create_table(
            name,
            Column(f"{key}_code", Text),
            Column("scope", Text),
            Column("source", Text, nullable=False),
            PrimaryKeyConstraint(f"{key}_code", "scope", name=f"pk_{name}"),
            ForeignKeyConstraint([f"{key}_code"], [f"{key}s.code"], name=f"fk_{name}_{key}_code", ondelete=cascade),
        )
    op.create_table(
        "role_grants",
        Column("id", Uuid),
        Column("official_id", Uuid, nullable=False),
        Column("role_code", Text, nullable=False),
        Column("unit_id", Uuid),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("source", Text, nullable=False),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_role_grants"),
        ForeignKeyConstraint(["official_id"], ["officials.id"], name="fk_role_grants_official_id"),
        ForeignKeyConstraint(["role_code"], ["roles.code"], name="fk_role_grants_role_code"),
        ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_role_grants_unit_id"),
        CheckConstraint("valid_to >= valid_from", name="ck_role_grants_validity"),
    )
    op.create_index("ix_role_grants_official_id", "role_grants", ["official_id"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        Column("official_id", Uuid),
        Column("login", Text, nullable=False),
        Column("password_hash", Text),
        Column("totp_sealed", Text),
        _moment("totp_confirmed_at", null=True),
        Column("totp_step", BigInteger, nullable=False),
        _moment("created_at"),
        _moment("blocked_at", null=True),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("official_id", name="pk_accounts"),
        ForeignKeyConstraint(["official_id"], ["officials.id"], name="fk_accounts_official_id"),
        UniqueConstraint("login", name="uq_accounts_login"),
    )
    op.create_table(
        "account_links",
        Column("id", Uuid),
        Column("official_id", Uuid, nullable=False),
        Column("kind", Text, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", null=True),
        PrimaryKeyConstraint("id", name="pk_account_links"),
        ForeignKeyConstraint(["official_id"], ["accounts.official_id"], name="fk_account_links_official_id"),
    )
    op.create_index("ix_account_links_digest", "account_links", ["digest"], unique=True)
    op.create_index("ix_account_links_official_id", "account_links", ["official_id"])
    op.create_table(
        "recovery_codes",
        Column("digest", LargeBinary),
        Column("official_id", Uuid, nullable=False),
        _moment("used_at", null=True),
        PrimaryKeyConstraint("official_id", "digest", name="pk_recovery_codes"),
        ForeignKeyConstraint(["official_id"], ["accounts.official_id"], name="fk_recovery_codes_official_id"),
    )


def _sessions() -> None:
    op.create_table(
        "account_sessions",
        Column("id", Uuid),
        Column("official_id", Uuid, nullable=False),
        Column("method", Text, nullable=False),
        Column("capacity", Text, nullable=False),
        Column("address", Text),
        Column("agent", Text),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("ended_at", null=True),
        Column("ended_why", Text),
        PrimaryKeyConstraint("id", name="pk_account_sessions"),
        ForeignKeyConstraint(["official_id"], ["accounts.official_id"], name="fk_account_sessions_official_id"),
    )
    op.create_index("ix_account_sessions_official_id", "account_sessions", ["official_id", "id"])
    op.create_table(
        "refresh_tokens",
        Column("digest", LargeBinary),
        Column("session_id", Uuid, nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", null=True),
        PrimaryKeyConstraint("digest", name="pk_refresh_tokens"),
        ForeignKeyConstraint(["session_id"], ["account_sessions.id"], name="fk_refresh_tokens_session_id"),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])
    op.create_table(
        "sign_in_attempts",
        Column("key", LargeBinary),
        Column("failures", Integer, nullable=False),
        _moment("last_at"),
        _moment("blocked_until", null=True),
        PrimaryKeyConstraint("key", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_last_at", "sign_in_attempts", ["last_at"])


def _defaults() -> None:
    names = ("code", "name_vi", "name_en", "source")
    roles = table("roles", *map(column, names))
    op.bulk_insert(roles, [dict(zip(names, (*row, _SYSTEM), strict=True)) for row in _ROLES])
    permissions = table("role_permissions", column("role_code"), column("scope"), column("source"))
    op.bulk_insert(
        permissions,
        [
            {"role_code": role, "scope": scope, "source": _SYSTEM}
            for role, scopes in _ROLE_SCOPES.items()
            for scope in scopes
        ],
    )
    for scope in _POST_SCOPES:
        op.execute(
            "INSERT INTO post_permissions (post_code, scope, source) "
            f"SELECT code, '{scope}', '{_SYSTEM}' FROM posts"
        )
