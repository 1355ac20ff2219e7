"""The screen as functions of the state: one module per panel, :mod:`.screen` puts them together."""
