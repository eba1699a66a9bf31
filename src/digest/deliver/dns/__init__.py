"""What the DNS must say of a sending domain, and what it does say."""
