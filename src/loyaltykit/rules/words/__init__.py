"""Rules in words: descriptions in English and Chinese."""
