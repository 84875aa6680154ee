"""The creditor's rules, in versions."""
