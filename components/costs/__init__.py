"""What a stack costs by the hour while nothing happens, from its plans and a file of prices. Pure."""
