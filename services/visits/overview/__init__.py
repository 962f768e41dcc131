"""Overview: a territory in figures, quality beside counts."""
