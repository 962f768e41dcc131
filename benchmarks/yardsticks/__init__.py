"""The yardsticks: the least that the same servers and libraries can do."""
