"""The timeline: what happened to an issue, by whom, when."""
