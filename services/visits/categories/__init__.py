"""Categories: what an issue is about, as editable rows."""
