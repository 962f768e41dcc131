"""What can be brought in and out as a sheet: one module a kind."""
