"""Retention: how long what was said is kept, by kind; never less than until it is finished."""
