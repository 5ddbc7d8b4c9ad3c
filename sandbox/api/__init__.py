"""How the endpoints answer, by API domain."""
