"""Figures computed from events: issue rates, waiting times, past states."""
