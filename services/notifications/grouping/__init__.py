"""Grouping: notifications that go out together in one message, which hides none of them."""
