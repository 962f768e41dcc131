"""The escalation ladder: issues climb by themselves when nobody answers, once, to where they should be by now."""
