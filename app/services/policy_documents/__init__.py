"""Policy documents read into typed figures, or refused with everything that is wrong in them."""
