"""Drafts: what was written without a connection and is handed in later."""
