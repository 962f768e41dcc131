"""Hamlets (ấp, khu phố, thôn, tổ dân phố): no administrative level, no national code, local ids under a commune."""
