"""Rule sets: all posts with their steps and mandates as one document, applied whole; named ones come along."""
