"""Answers about members as of an instant."""
