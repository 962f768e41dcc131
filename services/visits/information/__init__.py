"""Information requests: what a commune is asked, and what it answers."""
