"""Training of multi-task networks with a learned threshold per neuron (MIME)."""
