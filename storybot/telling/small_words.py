"""Words that are no keywords: they say too little, or stand in too many stories.

Every word that training leaves out (training/keywords.py) is among them.
"""

# fmt: off
SMALL_WORDS = frozenset((
    "a", "an", "the", "and", "or", "but", "so", "to", "of", "in", "on", "at", "by", "for", "from",
    "with", "up", "down", "into", "out", "about", "over", "off", "it", "he", "she", "they", "his",
    "her", "him", "its", "their", "them", "we", "us", "our", "i", "my", "me", "you", "your",
    "was", "were", "is", "are", "am", "be", "been", "had", "has", "have", "did", "do", "does",
    "would", "could", "can", "will", "that", "this", "these", "those", "there", "then", "as",
    "if", "no", "very", "too", "all", "one", "some", "any", "who", "what", "when", "where",
    "how", "just", "like", "than", "not", "more", "yes", "upon", "mr", "mrs", "can't", "didn't",
    "don't",
))
# fmt: on

# Words that many stories hold.
# fmt: off
COMMON_WORDS = frozenset((
    "happy", "said", "saw", "wanted", "play", "went", "together", "loved", "friends", "fun", "sad",
    "looked", "played", "asked", "help", "found", "back", "smiled", "felt", "go", "came", "liked",
    "big", "little", "day", "time", "girl", "boy", "mom", "once", "named", "started",
))
# fmt: on
