"""Mandates: what an assignment is to follow, its duties and its powers, and whether its holder has studied them."""
