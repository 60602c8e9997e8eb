"""Readers and writers of CSV, TSV and XLSX files."""
