"""The `caunoi` command: the only code that knows all services.

It starts, feeds and shows them, and holds no rule of the domain.
"""
