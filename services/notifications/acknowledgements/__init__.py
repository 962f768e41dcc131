"""Acknowledgements: an official says "I have seen this", from the mail, the page or the API; or "I will handle it",
"this is for somebody else", "this is not mine", "I give it back"."""
