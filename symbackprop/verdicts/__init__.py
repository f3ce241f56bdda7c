"""A judged derivation in words and formats.

told.py puts a report into sentences; shown.py makes plain data of them, data.py JSON, documents.py the author's own
text with the verdicts beside it; verified.py is what `sb.verify` hands out, hand_ins.py what a folder of them gives.
"""

from symbackprop.verdicts.verified import FORMATS, Verified, verified

__all__ = ["FORMATS", "Verified", "verified"]
