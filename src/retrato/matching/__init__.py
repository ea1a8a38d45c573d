"""Records to links: which pairs to compare, how, and what the agreement is worth."""
