"""Virtual callers drawn from the knowledge, and how consultations with them end."""
