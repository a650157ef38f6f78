"""What the documentation's site takes from the code besides what mkdocstrings takes."""
