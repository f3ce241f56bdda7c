"""Mathematical text to trees: own tokens, own grammar, linear time, nothing evaluated, no character passed over."""
