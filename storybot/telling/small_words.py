"""Words that say too little to be keywords; the training of a keyword model leaves them out.

It leaves "not" out as well, so today's model does not know it as one. In plots it may be one all
the same: the editor then throws away what tells the contrary.
"""

# fmt: off
SMALL_WORDS = frozenset((
    "a", "an", "the", "and", "or", "but", "so", "to", "of", "in", "on", "at", "by", "for", "from",
    "with", "up", "down", "into", "out", "about", "over", "off", "it", "he", "she", "they", "his",
    "her", "him", "its", "their", "them", "we", "us", "our", "i", "my", "me", "you", "your",
    "was", "were", "is", "are", "am", "be", "been", "had", "has", "have", "did", "do", "does",
    "would", "could", "can", "will", "that", "this", "these", "those", "there", "then", "as",
    "if", "no", "very", "too", "all", "one", "some", "any", "who", "what", "when", "where",
    "how", "just", "like", "than",
))
# fmt: on

# Words that many stories hold. Training leaves them out, too, so a tag has one only if it has no
# other word.
# fmt: off
COMMON_WORDS = frozenset((
    "happy", "said", "saw", "wanted", "play", "went", "together", "loved", "friends", "fun", "sad",
    "looked", "played", "asked", "help", "found", "back", "smiled", "felt", "go", "came", "liked",
    "big", "little", "day", "time", "girl", "boy", "mom", "once", "named", "started",
))
# fmt: on
