"""Reorganisations as this service feels them: open work follows the place, and comes back if it is undone."""
