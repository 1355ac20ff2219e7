"""A recorded call seen again on a full screen: to look at, to take up at any step, to compare."""
