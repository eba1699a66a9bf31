"""The pages, a module an area; each that has a `router` is part of the application."""
