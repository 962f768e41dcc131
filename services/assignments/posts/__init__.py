"""Posts, and who is asked at which step of an escalation: data, with a source for each row."""
