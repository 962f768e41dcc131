"""Accounts: officials sign in with a password or over an OpenID provider, stay signed in, and sign out."""
