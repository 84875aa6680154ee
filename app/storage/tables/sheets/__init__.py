"""Spreadsheets that are tried before anything of them is stored."""
