"""Running the cases that lie beside the knowledge, once or after every save."""
