"""From the author's text to one knowledge base per handset and programme."""
