"""The subcommands, one module for those that belong together."""
