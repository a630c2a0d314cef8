"""The door: tickets, who has come, and doors that helpers look after, also while the network is gone."""
