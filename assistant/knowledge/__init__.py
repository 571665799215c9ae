"""What is known: a glossary, articles in prompts/knowledge, the cards of models, and the person's own documents."""
