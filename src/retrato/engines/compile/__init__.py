"""Plain descriptions to syntax trees: one module a stage, one form an engine where engines differ."""
