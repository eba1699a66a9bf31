"""Mails as bytes: compiled once an edition, stamped once a recipient, and signed."""
