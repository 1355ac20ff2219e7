"""The trainer's room: virtual callers to practise on, scores, courses and reports."""
