"""Measurements: run as ``python -m bench.NAME``; nothing here is installed."""
