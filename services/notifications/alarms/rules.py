"""When an alarm is over, and when the operator gets mail about it. Pure."""

from datetime import timedelta

# None of these is prescribed; they are this service's own choices.
SAID_EVERY = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(minutes=2)  # nobody repeats it: it is over, or who saw it is
TOLD_AFTER = timedelta(minutes=1)  # what passes by itself needs no mail
DETAIL_LIMIT = 500  # letters
