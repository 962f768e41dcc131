"""OAuth clients, their secrets, the signing keys and the token endpoint."""
