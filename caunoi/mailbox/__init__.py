"""The built-in mailbox: where mail goes as long as no SMTP server is configured. Only `caunoi up` runs it."""
