"""What tests share: servers, databases, tokens, and the system without its transport."""
