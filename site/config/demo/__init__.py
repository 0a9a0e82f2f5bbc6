"""What only the demonstration has: readable mails and known accounts."""
