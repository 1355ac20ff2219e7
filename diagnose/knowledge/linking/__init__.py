"""From merged sections to the parts of a knowledge base, one module for each concern."""
