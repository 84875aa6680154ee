"""What comes from outside: messages that people write, and the click that takes e-mail back."""
