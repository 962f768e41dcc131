"""How long what was said is kept. Pure."""

# Days. An event may be repeated as long as the inbox remembers it (shared.messaging.housekeeping): a notice must
# outlive that, or its people would be told again.
SHORTEST = 90
LONGEST = 20_000
BATCH = 500  # notices in one transaction
