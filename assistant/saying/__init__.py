"""From facts to words: templates, in two languages, with what to beware of and what to ask next."""
