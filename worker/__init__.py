"""The job process."""
