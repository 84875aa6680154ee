"""What others are told: bureaus, the tax office, examiners."""
