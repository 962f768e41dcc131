"""Acknowledgements: an official says "I have seen this", from the mail, the page or the API."""
