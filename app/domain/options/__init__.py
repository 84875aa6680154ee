"""What plans or settlement to offer a person, by what they can pay."""
