"""The PyTorch reference of the playground's models: the same checkpoint format, the same maths, in float64 where asked."""
