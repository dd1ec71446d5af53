"""SONAR's text encoder and decoder (arXiv:2308.11466), the LCM paper's concept space, as parts of a bundle."""
