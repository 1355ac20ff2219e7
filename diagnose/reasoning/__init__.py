"""From facts to rules fired, beliefs, what to do next, and why. Pure: no file, clock, chance or screen."""
