"""What `npm run evaluate` prints: the shipped bundle's figures on a corpus, each beside its baselines."""
