"""What a password must be: long, and not what an attacker tries first. No rule about kinds of characters: they make passwords worse."""

from __future__ import annotations

import re

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200  # hashing a book would keep the process busy
LEAST_DIFFERENT = 5

# Words that the most used passwords are made of, alone, doubled, or with digits and signs around them.
COMMON = frozenset("""
    password passwort passphrase passcode pass secret welcome letmein login signin admin administrator root superuser user guest test
    testing demo default changeme change master access trustno sunshine princess dragon monkey football baseball basketball superman batman
    iloveyou iloveyousomuch loveyou starwars whatever shadow michael jennifer charlie jordan qwerty qwertyuiop asdfghjkl zxcvbnm
    winter spring summer autumn fall january february march april june july august september october november december monday friday
    company office computer internet sales manager marketing health healthcare hospital clinic doctor medical leadtriage lead triage
    correcthorsebatterystaple
""".split())
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p")
_LOOKS_LIKE = str.maketrans("013457@$!", "oleastasi")


def check_password(password: str, *, email: str) -> None:
    """Go on only with a password that is long and not easily guessed.

    >>> check_password("four slow herons", email="ana@vendor.example")

    Raises:
        ValueError: it is not; the sentence says why, without the password.
    """
    if len(password) < LEAST_CHARACTERS:
        raise ValueError(f"password: expected at least {LEAST_CHARACTERS} characters, found {len(password)}.")
    if len(password) > MOST_CHARACTERS:
        raise ValueError(f"password: expected at most {MOST_CHARACTERS} characters, found {len(password)}.")
    if _is_the_address(password, email):
        raise ValueError("password: it is your e-mail address, which is tried first. Take e.g. four words that nobody connects with you.")
    if len(set(password.lower())) < LEAST_DIFFERENT or _is_common(password):
        raise ValueError("password: it is among those that are tried first. Take e.g. four words that have nothing to do with each other.")


def _is_the_address(password: str, email: str) -> bool:
    name, _, domain = email.lower().partition("@")
    own = {_letters(email), _letters(name), _letters(name) * 2, _letters(domain)}
    return bool(email) and (email.lower() in password.lower() or _letters(password) in own)


def _is_common(password: str) -> bool:
    whole = re.sub(r"\s", "", password.lower())
    if any(whole in row * 3 or whole in (row * 3)[::-1] for row in ROWS):
        return True
    for spelled in (whole, whole.translate(_LOOKS_LIKE)):
        letters = _letters(spelled)
        if not letters or _is_made_of(letters, COMMON):
            return True
    # The digits and signs around a word add nothing: Password2026!, 123password123
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", whole).translate(_LOOKS_LIKE)
    return _is_made_of(_letters(bare), COMMON)


def _is_made_of(letters: str, words: frozenset[str]) -> bool:
    """Is it one common word, or up to two of them in a row?"""
    if not letters:
        return False
    return letters in words or any(letters[:cut] in words and letters[cut:] in words for cut in range(1, len(letters)))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text.lower())
