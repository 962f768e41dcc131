"""The scopes of access tokens: one pair per service, and the power to escalate apart."""

OWN_ACCOUNT = "assignments:self"  # every official who has signed in holds it, and no client needs it

SCOPES: dict[str, str] = {
    "assignments:read": "Read units, posts, who is responsible for what",
    "assignments:write": "Change officials, clusters and assignments; see their contact details",
    "assignments:accounts": "Invite officials, grant roles, say what posts allow, end others' sessions",
    OWN_ACCOUNT: "Manage the account of the official who has signed in",
    "assignments:audit": "Read the audit log: who changed responsibility or access",
    "visits:read": "Read issues, escalations and timelines",
    "visits:write": "Report issues and move them on; see restricted ones",
    "visits:contacts": "See who reported an issue, each time with a reason that is noted",
    "visits:escalate": "Escalate an issue to the officials responsible",
    "visits:configure": "Change the rules that visits works by: cadence, time limits, wording, categories",
    "notifications:read": "Read notifications, inboxes and delivery attempts",
    "notifications:configure": "Set up channels: webhooks, addresses that mail cannot reach",
    "notifications:write": "Acknowledge notifications on behalf of an official",
    "notifications:replay": "Have notifications that failed sent again",
    "notifications:direct": "Issue, correct and recall directives to the officials of a territory",
}
