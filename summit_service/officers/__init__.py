"""Who holds which office of the network, from when and until when."""
