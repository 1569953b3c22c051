"""One file per command: parse, prompt, print, exit. The only home of typer and rich."""
