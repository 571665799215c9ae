"""Every text that is said to or by a language model, or to a person. Data only."""
