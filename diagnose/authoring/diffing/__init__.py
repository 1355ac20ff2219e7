"""What an edit changes: in words, in cases, in past calls, for callers to come."""
