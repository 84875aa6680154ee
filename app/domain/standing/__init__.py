"""How an account, a plan, an installment or a promise stands on a day."""
