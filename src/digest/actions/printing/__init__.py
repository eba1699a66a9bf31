"""The mails of an edition, byte for byte: laid out, looked at, and held against the rules."""
