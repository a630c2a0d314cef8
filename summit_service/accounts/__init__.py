"""People, how they sign in, and the actor that every action is given."""
