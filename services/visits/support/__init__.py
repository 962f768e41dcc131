"""Support (vận động): what sponsors give, for which purpose, to which place."""
