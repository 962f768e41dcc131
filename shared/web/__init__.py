"""What every HTTP service shares: problems, access, input and output, paging, health."""
