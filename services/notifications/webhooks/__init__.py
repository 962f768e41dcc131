"""Webhooks: addresses that notifications are posted to, an official's own or everybody's, signed."""
