"""What an editor asks while somebody writes knowledge: what is this, where is it from, what may stand here.

Pure functions of texts and places; ``server`` alone speaks the protocol.
"""
