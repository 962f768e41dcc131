"""Units: the administrative units, a projection of what the assignments service knows."""
