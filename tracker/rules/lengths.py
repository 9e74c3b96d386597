"""How long typed text may be, in characters: the same by form and by API, or one door would refuse what another takes."""

# Why something is decided: reasons, answers, notes.
REASON = 5_000
# What a department writes of its work: progress, problems, next steps, result, how it would carry out a claim.
WORDS = 10_000
# A measure's own text (具体要求).
TEXT = 50_000
# Stored in columns of this width.
TITLE, REMARK, LOWERING_REASON = 300, 500, 500
# The words that name the day of each period (每期时限); four ends of quarters in full take some forty.
RECURRENCE_BY = 100
