"""Issues: what a commune or hamlet reports, and how far it has come."""
