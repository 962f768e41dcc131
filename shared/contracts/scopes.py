"""The scopes of access tokens: one pair per service, and the power to escalate apart."""

SCOPES: dict[str, str] = {
    "assignments:read": "Read units, posts, who is responsible for what",
    "assignments:write": "Change officials, clusters and assignments; see their contact details",
    "visits:read": "Read issues, escalations and timelines",
    "visits:write": "Report issues; see who reported them",
    "visits:escalate": "Escalate an issue to the officials responsible",
    "notifications:read": "Read notifications, inboxes and delivery attempts",
    "notifications:write": "Acknowledge notifications on behalf of an official",
}
