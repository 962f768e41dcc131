"""Tables of the assignments service and of messaging."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, Float, ForeignKey, Integer, Text, Uuid

from shared.database import NAMING
from shared.messaging.schema import create_messaging_tables, drop_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The tables as this revision leaves them; the models may move on.
metadata = sa.MetaData(naming_convention=NAMING)


def _text(name: str, *args: sa.schema.SchemaItem, null: bool = False, **kwargs: bool) -> Column[str]:
    return Column(name, Text, *args, nullable=null, **kwargs)  # type: ignore[arg-type]


def _id(name: str = "id") -> Column[object]:
    return Column(name, Uuid, primary_key=True)


def _to(name: str, target: str, null: bool = False, index: bool = False) -> Column[object]:
    return Column(name, Uuid, ForeignKey(target), nullable=null, index=index)


def _validity() -> list[sa.schema.SchemaItem]:
    return [Column("valid_from", Date, nullable=False), Column("valid_to", Date)]


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


def _instant(name: str, null: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _not_before(strictly: bool = False) -> CheckConstraint:
    return CheckConstraint(f"valid_to {'>' if strictly else '>='} valid_from", name="validity")


sa.Table(
    "levels",
    metadata,
    _text("code", primary_key=True),
    Column("rank", Integer, nullable=False, unique=True),
    Column("code_length", Integer, nullable=False),
    _text("name_vi"),
    _text("name_en"),
    _text("source"),
)
sa.Table(
    "unit_kinds",
    metadata,
    _text("code", primary_key=True),
    _text("level", ForeignKey("levels.code")),
    _text("name_vi"),
    _text("name_en"),
    _text("source"),
)
sa.Table(
    "units",
    metadata,
    _id(),
    _text("code"),
    _text("name"),
    _text("folded"),
    _text("kind", ForeignKey("unit_kinds.code")),
    _text("level", ForeignKey("levels.code")),
    _to("parent_id", "units.id", null=True, index=True),
    Column("path", Text(collation="C"), nullable=False, index=True),
    _text("province_code"),
    _text("province_abbreviation"),
    Column("latitude", Float),
    Column("longitude", Float),
    *_validity(),
    _version(),
    sa.UniqueConstraint("code", "valid_from"),
    _not_before(strictly=True),
    sa.Index("uq_units_code_open", "code", unique=True, postgresql_where=sa.text("valid_to IS NULL")),
)
sa.Table(
    "hamlets",
    metadata,
    _id(),
    _to("unit_id", "units.id", index=True),
    _text("name"),
    _text("folded"),
    *_validity(),
    _version(),
    _not_before(),
)
sa.Table(
    "officials",
    metadata,
    _id(),
    _text("full_name"),
    _text("given_name"),
    _text("folded"),
    Column("sort_key", Text(collation="C"), nullable=False, index=True),
    _text("email", null=True),
    _text("phone", null=True),
    _text("home_body", null=True),
    _to("unit_id", "units.id", index=True),
    _text("language"),
    Column("active", Boolean, nullable=False),
    _version(),
    CheckConstraint("language IN ('vi', 'en')", name="language"),
)
sa.Table(
    "posts",
    metadata,
    _text("code", primary_key=True),
    _text("name_vi"),
    _text("name_en"),
    _text("attached_to"),
    _text("above", ForeignKey("posts.code"), null=True),
    _text("source"),
)
sa.Table(
    "steps",
    metadata,
    Column("step", Integer, primary_key=True),
    _text("post_code", ForeignKey("posts.code"), primary_key=True),
    Column("position", Integer, nullable=False),
    _text("source"),
    sa.UniqueConstraint("post_code"),
    sa.UniqueConstraint("step", "position"),
)
sa.Table(
    "clusters",
    metadata,
    _id(),
    _to("district_id", "units.id", index=True),
    _text("name"),
    *_validity(),
    _version(),
    _not_before(),
)
sa.Table(
    "cluster_communes",
    metadata,
    _id(),
    _to("cluster_id", "clusters.id", index=True),
    _to("commune_id", "units.id", index=True),
    *_validity(),
    _not_before(),
)
sa.Table(
    "assignments",
    metadata,
    _id(),
    _to("official_id", "officials.id", index=True),
    _text("post_code", ForeignKey("posts.code")),
    _to("unit_id", "units.id", null=True),
    _to("cluster_id", "clusters.id", null=True),
    _to("hamlet_id", "hamlets.id", null=True),
    Column(
        "place_id",
        Uuid,
        sa.Computed("coalesce(unit_id, cluster_id, hamlet_id)", persisted=True),
        nullable=False,
        index=True,
    ),
    _to("territory_id", "units.id", index=True),
    _text("legal_basis"),
    _text("scope_note", null=True),
    *_validity(),
    _version(),
    CheckConstraint("num_nonnulls(unit_id, cluster_id, hamlet_id) = 1", name="one_place"),
    _not_before(),
)
sa.Table(
    "clients",
    metadata,
    _id(),
    _text("name"),
    Column("scopes", sa.ARRAY(Text), nullable=False),
    Column("territories", sa.ARRAY(Text), nullable=False),
    _instant("created_at"),
    _instant("revoked_at", null=True),
)
sa.Table(
    "client_secrets",
    metadata,
    _id(),
    _to("client_id", "clients.id", index=True),
    Column("digest", sa.LargeBinary, nullable=False),
    _instant("created_at"),
    _instant("expires_at", null=True),
    _instant("revoked_at", null=True),
)
sa.Table(
    "signing_keys",
    metadata,
    _text("kid", primary_key=True),
    Column("jwk", sa.JSON, nullable=False),
    _text("sealed"),
    _instant("created_at"),
    _instant("signs_from"),
    _instant("not_after", null=True),
    _version(),
)


def upgrade() -> None:
    create_messaging_tables(op)  # type: ignore[arg-type]
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    metadata.drop_all(op.get_bind(), checkfirst=False)
    drop_messaging_tables(op)  # type: ignore[arg-type]
