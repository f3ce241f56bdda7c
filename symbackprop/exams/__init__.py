"""Exams: variants of one network's questions, each with a certificate, its papers, its keys and its marks."""
