"""Fast paths: whole columns of clean values read at once. They only accept; all else goes to the value parser."""
