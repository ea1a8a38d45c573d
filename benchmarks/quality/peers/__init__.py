"""Match quality of retrato and of other libraries on the same records: `make bench-peers`."""
