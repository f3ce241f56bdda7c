"""Mathematical text to trees: own tokens, own grammar, linear time, nothing evaluated, every character accounted for."""
