"""Bulk in and out: sheets of officials, posts, places and assignments, imported as jobs and exported as streams."""
