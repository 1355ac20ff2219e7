"""The parts of a proof: the space of facts, its points, the judge of them, the mend of a hole."""
