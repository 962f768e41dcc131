"""Officials: a projection of what the assignments service says of people, without their contact details."""
