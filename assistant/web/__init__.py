"""The web page: draws replies with Gradio."""
