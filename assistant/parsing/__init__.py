"""From a question in somebody's words to a program: the language model, under the grammar."""
