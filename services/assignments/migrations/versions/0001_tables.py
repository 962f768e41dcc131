"""Tables of the assignments service and of messaging."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, Float, ForeignKey, Integer, Text, Uuid

from shared.messaging.schema import create_messaging_tables, drop_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_CREATED = (
    "levels",
    "unit_kinds",
    "units",
    "hamlets",
    "officials",
    "posts",
    "steps",
    "clusters",
    "cluster_communes",
    "assignments",
    "clients",
    "client_secrets",
    "signing_keys",
)


def upgrade() -> None:
    create_messaging_tables(op)  # type: ignore[arg-type]
    _units()
    _people_and_posts()
    _clusters_and_assignments()
    _clients()


def downgrade() -> None:
    for table in reversed(_CREATED):
        op.drop_table(table)
    drop_messaging_tables(op)  # type: ignore[arg-type]


def _text(name: str, *args: sa.schema.SchemaItem, null: bool = False, **kwargs: bool) -> Column[str]:
    return Column(name, Text, *args, nullable=null, **kwargs)  # type: ignore[arg-type]


def _id(name: str = "id") -> Column[object]:
    return Column(name, Uuid, primary_key=True)


def _to(name: str, target: str, null: bool = False) -> Column[object]:
    return Column(name, Uuid, ForeignKey(target), nullable=null)


def _validity() -> list[sa.schema.SchemaItem]:
    return [Column("valid_from", Date, nullable=False), Column("valid_to", Date)]


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


def _instant(name: str, null: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _not_before(strictly: bool = False) -> CheckConstraint:
    return CheckConstraint(f"valid_to {'>' if strictly else '>='} valid_from", name="validity")


def _units() -> None:
    op.create_table(
        "levels",
        _text("code", primary_key=True),
        Column("rank", Integer, nullable=False, unique=True),
        Column("code_length", Integer, nullable=False),
        _text("name_vi"),
        _text("name_en"),
        _text("source"),
    )
    op.create_table(
        "unit_kinds",
        _text("code", primary_key=True),
        _text("level", ForeignKey("levels.code")),
        _text("name_vi"),
        _text("name_en"),
        _text("source"),
    )
    op.create_table(
        "units",
        _id(),
        _text("code"),
        _text("name"),
        _text("folded"),
        _text("kind", ForeignKey("unit_kinds.code")),
        _text("level", ForeignKey("levels.code")),
        _to("parent_id", "units.id", null=True),
        Column("path", Text(collation="C"), nullable=False),
        _text("province_code"),
        _text("province_abbreviation"),
        Column("latitude", Float),
        Column("longitude", Float),
        *_validity(),
        _version(),
        sa.UniqueConstraint("code", "valid_from"),
        _not_before(strictly=True),
    )
    op.create_index("ix_units_path", "units", ["path"])
    op.create_index("ix_units_parent_id", "units", ["parent_id"])
    op.create_index(
        "uq_units_code_open", "units", ["code"], unique=True, postgresql_where=sa.text("valid_to IS NULL")
    )
    op.create_table(
        "hamlets",
        _id(),
        _to("unit_id", "units.id"),
        _text("name"),
        _text("folded"),
        *_validity(),
        _version(),
        _not_before(),
    )
    op.create_index("ix_hamlets_unit_id", "hamlets", ["unit_id"])


def _people_and_posts() -> None:
    op.create_table(
        "officials",
        _id(),
        _text("full_name"),
        _text("given_name"),
        _text("folded"),
        Column("sort_key", Text(collation="C"), nullable=False),
        _text("email", null=True),
        _text("phone", null=True),
        _text("home_body", null=True),
        _to("unit_id", "units.id"),
        _text("language"),
        Column("active", Boolean, nullable=False),
        _version(),
        CheckConstraint("language IN ('vi', 'en')", name="language"),
    )
    op.create_index("ix_officials_sort_key", "officials", ["sort_key"])
    op.create_index("ix_officials_unit_id", "officials", ["unit_id"])
    op.create_table(
        "posts",
        _text("code", primary_key=True),
        _text("name_vi"),
        _text("name_en"),
        _text("attached_to"),
        _text("above", ForeignKey("posts.code"), null=True),
        _text("source"),
    )
    op.create_table(
        "steps",
        Column("step", Integer, primary_key=True),
        _text("post_code", ForeignKey("posts.code"), primary_key=True),
        Column("position", Integer, nullable=False),
        _text("source"),
        sa.UniqueConstraint("post_code"),
        sa.UniqueConstraint("step", "position"),
    )


def _clusters_and_assignments() -> None:
    op.create_table(
        "clusters",
        _id(),
        _to("district_id", "units.id"),
        _text("name"),
        *_validity(),
        _version(),
        _not_before(),
    )
    op.create_index("ix_clusters_district_id", "clusters", ["district_id"])
    op.create_table(
        "cluster_communes",
        _id(),
        _to("cluster_id", "clusters.id"),
        _to("commune_id", "units.id"),
        *_validity(),
        _not_before(),
    )
    op.create_index("ix_cluster_communes_cluster_id", "cluster_communes", ["cluster_id"])
    op.create_index("ix_cluster_communes_commune_id", "cluster_communes", ["commune_id"])
    op.create_table(
        "assignments",
        _id(),
        _to("official_id", "officials.id"),
        _text("post_code", ForeignKey("posts.code")),
        _to("unit_id", "units.id", null=True),
        _to("cluster_id", "clusters.id", null=True),
        _to("hamlet_id", "hamlets.id", null=True),
        Column(
            "place_id",
            Uuid,
            sa.Computed("coalesce(unit_id, cluster_id, hamlet_id)", persisted=True),
            nullable=False,
        ),
        _to("territory_id", "units.id"),
        _text("legal_basis"),
        _text("scope_note", null=True),
        *_validity(),
        _version(),
        CheckConstraint("num_nonnulls(unit_id, cluster_id, hamlet_id) = 1", name="one_place"),
        _not_before(),
    )
    for column in ("official_id", "place_id", "territory_id"):
        op.create_index(f"ix_assignments_{column}", "assignments", [column])


def _clients() -> None:
    op.create_table(
        "clients",
        _id(),
        _text("name"),
        Column("scopes", sa.ARRAY(Text), nullable=False),
        Column("territories", sa.ARRAY(Text), nullable=False),
        _instant("created_at"),
        _instant("revoked_at", null=True),
    )
    op.create_table(
        "client_secrets",
        _id(),
        _to("client_id", "clients.id"),
        Column("digest", sa.LargeBinary, nullable=False),
        _instant("created_at"),
        _instant("expires_at", null=True),
        _instant("revoked_at", null=True),
    )
    op.create_index("ix_client_secrets_client_id", "client_secrets", ["client_id"])
    op.create_table(
        "signing_keys",
        _text("kid", primary_key=True),
        Column("jwk", sa.JSON, nullable=False),
        _text("sealed"),
        _instant("created_at"),
        _instant("signs_from"),
        _instant("not_after", null=True),
        _version(),
    )
