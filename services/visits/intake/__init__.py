"""Intake: complaints, denunciations and state secrets are sent where they belong, and nothing of them is kept."""
