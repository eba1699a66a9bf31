"""What programs ask and say, as JSON below /api/v1; a module an area."""
