"""Links to identities: clusters, households, and ids that stay."""
