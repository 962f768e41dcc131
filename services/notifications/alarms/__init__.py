"""Alarms: what the operator should look at, for as long as it stands."""
