"""Mock Sim and the conformance suite."""
