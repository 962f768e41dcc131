"""Comments, watchers, links, merges and joint proposals."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)

OWN_DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"

# (code, days back, least score of 100, most shown, source)
SIMILARITY = [("similar_issues", 180, 60, 10, OWN_DEFAULT)]

# The kinds left out are those of services.visits.threads.rules.QUIET. An issue nobody watches leaves no row, and a
# new issue, which nobody can watch yet, does not even ask.
NEWS_FUNCTION = """
CREATE FUNCTION note_thread_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO thread_news (issue_id, at, kind, ref)
    SELECT NEW.issue_id, NEW.at, NEW.kind, NEW.ref
    WHERE EXISTS (SELECT FROM watchers WHERE watchers.issue_id = NEW.issue_id);
    RETURN NULL;
END $$
"""
NEWS_TRIGGER = """
CREATE TRIGGER note_thread_news AFTER INSERT ON timeline FOR EACH ROW
WHEN (NEW.kind NOT IN ('reported', 'told', 'vacant', 'unreached')) EXECUTE FUNCTION note_thread_news()
"""

# Whatever merges an issue, its watchers and links are with the one it went on in from that moment on, and both
# timelines say so. Watchers come before the line, for they are to hear of it.
MERGE_FUNCTION = """
CREATE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    target uuid := CAST(NEW.data -> 'into' ->> 'id' AS uuid);
BEGIN
    INSERT INTO merges (issue_id, into_id, at, client_id, official_id, official_name, reason)
    VALUES (NEW.issue_id, target, NEW.at, NEW.data ->> 'client',
            CASE WHEN NEW.actor_kind = 'official' THEN CAST(NEW.actor_id AS uuid) END, NEW.actor_name,
            NEW.data ->> 'reason');
    INSERT INTO watchers (issue_id, official_id, full_name, since, added_by)
    SELECT target, official_id, full_name, since, added_by FROM watchers WHERE issue_id = NEW.issue_id
    ON CONFLICT DO NOTHING;
    INSERT INTO issue_links
        (id, issue_id, kind, target_id, number, title, url, at, client_id, official_id, official_name)
    SELECT gen_random_uuid(), target, kind, target_id, number, title, url, at, client_id, official_id, official_name
    FROM issue_links WHERE issue_id = NEW.issue_id AND target_id IS DISTINCT FROM target
    ON CONFLICT DO NOTHING;
    INSERT INTO timeline (issue_id, at, kind, ref, actor_kind, actor_id, actor_name, data)
    SELECT target, NEW.at, 'merged_in', id, NEW.actor_kind, NEW.actor_id, NEW.actor_name,
           jsonb_build_object('issue_id', id, 'code', code, 'reason', NEW.data ->> 'reason')
    FROM issues WHERE id = NEW.issue_id;
    RETURN NULL;
END $$
"""
MERGE_TRIGGER = """
CREATE TRIGGER follow_merge AFTER INSERT ON timeline FOR EACH ROW
WHEN (NEW.kind = 'moved' AND NEW.data ->> 'move' = 'merge') EXECUTE FUNCTION follow_merge()
"""


def upgrade() -> None:
    _create_threads()
    _create_duplicates()
    _create_proposals()
    for each in (NEWS_FUNCTION, NEWS_TRIGGER, MERGE_FUNCTION, MERGE_TRIGGER):
        op.execute(each)


def _by() -> list[sa.Column[Any]]:
    return [
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid),
        sa.Column("official_name", sa.Text),
    ]


def _create_threads() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("visible_to", sa.Text, nullable=False),
        *_by(),
        sa.Column("withdrawn_at", Instant),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawal_reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_comments_issue_id"),
    )
    op.create_index("ix_comments_issue", "comments", ["issue_id", "at", "id"])
    op.create_table(
        "watchers",
        sa.Column("issue_id", sa.Uuid),
        sa.Column("official_id", sa.Uuid),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "official_id", name="pk_watchers"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_watchers_issue_id"),
    )
    op.create_index("ix_watchers_official", "watchers", ["official_id", "since", "issue_id"])
    op.create_table(
        "issue_links",
        sa.Column("id", sa.Uuid),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target_id", sa.Uuid),
        sa.Column("number", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("at", Instant, nullable=False),
        *_by(),
        sa.PrimaryKeyConstraint("id", name="pk_issue_links"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_issue_links_issue_id"),
        sa.UniqueConstraint("issue_id", "kind", "target_id", name="uq_issue_links_issue_id_kind_target_id"),
    )
    op.create_index("ix_issue_links_issue", "issue_links", ["issue_id", "at", "id"])
    op.create_index("ix_issue_links_target", "issue_links", ["target_id"])
    op.create_table(
        "thread_news",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True)),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ref", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_thread_news"),
    )


def _create_duplicates() -> None:
    op.create_table(
        "merges",
        sa.Column("issue_id", sa.Uuid),
        sa.Column("into_id", sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        *_by(),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("issue_id", name="pk_merges"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_merges_issue_id"),
        sa.ForeignKeyConstraint(["into_id"], ["issues.id"], name="fk_merges_into_id"),
        sa.CheckConstraint("issue_id <> into_id", name="ck_merges_another"),
    )
    op.create_index("ix_merges_into_id", "merges", ["into_id"])
    rules = op.create_table(
        "similarity_rules",
        sa.Column("code", sa.Text),
        sa.Column("days", sa.SmallInteger, nullable=False),
        sa.Column("least_score", sa.SmallInteger, nullable=False),
        sa.Column("at_most", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_similarity_rules"),
    )
    op.bulk_insert(rules, [dict(zip(rules.columns.keys(), row, strict=True)) for row in SIMILARITY])


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("addressee_level", sa.Text, nullable=False),
        sa.Column("addressee_unit_id", sa.Uuid, nullable=False),
        sa.Column("addressee_unit_name", sa.Text, nullable=False),
        sa.Column("addressee", sa.Text),
        sa.Column("quorum", sa.SmallInteger, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("official_name", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("submitted_at", Instant),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_newest", "proposals", ["created_at", "id"])
    op.create_table(
        "proposal_issues",
        sa.Column("proposal_id", sa.Uuid),
        sa.Column("issue_id", sa.Uuid),
        sa.PrimaryKeyConstraint("proposal_id", "issue_id", name="pk_proposal_issues"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name="fk_proposal_issues_proposal_id"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_proposal_issues_issue_id"),
    )
    op.create_index("ix_proposal_issues_issue_id", "proposal_issues", ["issue_id"])
    op.create_table(
        "proposal_signers",
        sa.Column("proposal_id", sa.Uuid),
        sa.Column("official_id", sa.Uuid),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("invited_at", Instant, nullable=False),
        sa.Column("answered_at", Instant),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("proposal_id", "official_id", name="pk_proposal_signers"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name="fk_proposal_signers_proposal_id"),
    )
    op.create_index("ix_proposal_signers_official_id", "proposal_signers", ["official_id"])
    op.create_table(
        "proposal_moves",
        sa.Column("id", sa.Uuid),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("move", sa.Text, nullable=False),
        *_by(),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_moves"),
        sa.ForeignKeyConstraint(["subject_id"], ["proposals.id"], name="fk_proposal_moves_subject_id"),
    )
    op.create_index("ix_proposal_moves_subject_id_at", "proposal_moves", ["subject_id", "at"])


def downgrade() -> None:
    for name in ("follow_merge", "note_thread_news"):
        op.execute(f"DROP TRIGGER {name} ON timeline")
        op.execute(f"DROP FUNCTION {name}()")
    for table in (
        "proposal_moves",
        "proposal_signers",
        "proposal_issues",
        "proposals",
        "similarity_rules",
        "merges",
        "thread_news",
        "issue_links",
        "watchers",
        "comments",
    ):
        op.drop_table(table)
