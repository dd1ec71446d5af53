"""The LCMs of Meta's code (github.com/facebookresearch/large_concept_model, MIT), so that its checkpoints run here.

Written anew after that code and its paper, arXiv:2412.08821; modules are named as in its state dicts, so that weights
need no translation. Where it differs from Foresay's own LCMs: separate query, key and value projections, RoPE over
neighbouring numbers or learned positions, LayerNorm and ReLU as well as RMSNorm and SwiGLU, cross-attention without
distances, a Base-LCM with nothing before its first concept, and other noise schedules and predictions than x0.
"""
