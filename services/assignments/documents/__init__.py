"""Documents: plans, decisions and rules that assignments rest on, each with its file."""
