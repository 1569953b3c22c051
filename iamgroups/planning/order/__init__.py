"""In which order changes run: what each depends on, and which moments no order avoids. Pure."""
