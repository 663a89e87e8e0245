"""The guard: facts, rules and proofs about a stack before it is deployed."""
