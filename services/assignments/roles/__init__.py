"""What officials may do: it follows from their posts, and from administrative roles granted to them."""
