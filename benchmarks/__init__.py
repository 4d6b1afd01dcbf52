"""Load tests: what the bot does under load, beside yardsticks measured in the same run."""
