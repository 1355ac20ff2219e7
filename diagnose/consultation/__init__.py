"""One call as a value: events, the step from one state to the next, undo, hold. Pure."""
