"""Transcripts: write, read, replay."""
