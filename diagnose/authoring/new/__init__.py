"""New files, written from a few answers."""
