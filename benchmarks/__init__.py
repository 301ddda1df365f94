"""Instruments of the project: measurements of speed, memory and cost."""
