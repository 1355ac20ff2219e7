"""What the cases show of the knowledge, and which spoilt knowledge none of them notices."""
