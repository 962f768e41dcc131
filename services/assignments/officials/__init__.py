"""Officials: the people who hold posts and are told."""
