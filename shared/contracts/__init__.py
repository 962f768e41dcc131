"""What services promise one another: event types with their data, who listens, and the access scopes."""
