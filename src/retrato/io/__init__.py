"""What comes in and what goes out: readers, the mapping of columns, configuration files, and results on disk."""
