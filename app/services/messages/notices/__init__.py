"""Notices by rule: what a day or an event makes due, made once for ever, and made ready."""
