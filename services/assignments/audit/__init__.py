"""The audit log: who changed what, when and from where; added to by the database itself, and chained."""
