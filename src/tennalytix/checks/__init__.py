"""What is looked at before a run begins, so that a slip of the pen costs no time."""
