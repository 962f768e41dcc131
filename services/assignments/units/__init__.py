"""Administrative units: levels, kinds, codes, dated validity, and the import of the national list."""
