"""Arrays to characters: rasters, sparklines, number formats, plots. No Textual widgets."""
