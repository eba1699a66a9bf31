"""Mail that comes in: reports, complaints, answers of people's programs, and what becomes articles."""
