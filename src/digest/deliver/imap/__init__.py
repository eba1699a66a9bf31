"""Mailboxes elsewhere: how they are reached, read and marked, whatever their mails are for."""
