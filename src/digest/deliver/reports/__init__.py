"""What comes back: reports of mail that was not delivered, complaints, and people's programs."""
