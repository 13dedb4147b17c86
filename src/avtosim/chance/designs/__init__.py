"""Designs: one small frozen class each, all held to one contract (``design.Design``) and one test suite."""
