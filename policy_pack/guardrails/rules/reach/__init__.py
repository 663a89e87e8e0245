"""What the network as a whole lets happen, held against the intent: the reach engine's proofs as findings."""
