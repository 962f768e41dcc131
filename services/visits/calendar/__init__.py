"""The working-time calendar: hours, holidays, and what is counted over them."""
