"""Labels in, scores out: how far tracks agree with what people marked by hand."""
