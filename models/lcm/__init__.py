"""The Large Concept Model at Foresay's scale: encoder, two-tower diffusion LCM, decoder, metrics, bundle."""
