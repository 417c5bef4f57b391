"""What was found, to look at: overlay videos, review pages, figures."""
