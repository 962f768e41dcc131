"""Finding: which notifications are meant, said once for the log, for replays and for the command."""
