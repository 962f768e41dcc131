"""Sheets: tables as people keep them, CSV and XLSX, read strictly and written so that no cell runs as a formula."""
