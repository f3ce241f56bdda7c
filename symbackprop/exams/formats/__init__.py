"""The forms in which variants are handed out, one file each."""
