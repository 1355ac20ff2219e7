"""Keys, views, the full-screen app and the plain mode."""
