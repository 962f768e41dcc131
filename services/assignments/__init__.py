"""The assignments service: units, officials, posts, who is responsible for what, and who may ask."""
