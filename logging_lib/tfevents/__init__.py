"""The TensorBoard event file format: the only code that the writer and the viewer share."""
