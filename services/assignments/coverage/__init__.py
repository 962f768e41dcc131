"""Coverage: the posts in which nobody acts, now and soon; who follows too much, leaves soon, cannot be reached."""
