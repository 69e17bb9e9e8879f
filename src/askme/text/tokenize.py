"""Text as it is compared: normalised, cut into tokens for Chinese and English, its language told."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc
import snowballstemmer

from askme.text.remembered import remembered
from askme.types import Language

MOST_BYTES = 3_000_000
"""What the results of each function below that are kept may take."""

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_WORD = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*[+#]*|[㐀-䶿一-鿿]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Zero-width and bidirectional characters, fillers, variation selectors, tags: what can hide text in a text."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_ACCENTS = re.compile(r"(?<=[A-Za-z])[\u0300-\u036f]+")
_AROUND_HAN = re.compile(r"(?<=[㐀-䶿一-鿿])\s+(?=[A-Za-z0-9㐀-䶿一-鿿])|(?<=[A-Za-z0-9%+])\s+(?=[㐀-䶿一-鿿])")
"""White space that typography puts between Chinese and Latin; people type it or not."""

STOP_WORDS = frozenset(
    "a an the of to in on at for and or by with from as is are was were be been being am do does did done doing has "
    "have had having he him his she her hers they them their you your yours i me my we our us it its this that these "
    "those there here what which who whom whose when where why how much many any some can could would should will "
    "shall may might must about into over than then so if but not no yes ok just also too very really please tell "
    "candidate guy person man s t re ve ll d m get got give show know mean like ever".split()
)
_SPAN = "的了吗呢吧啊呀嘛么是在有和与及或都也就还被把给对他她你您它我们这那哪些个什请问"
STOP_CHARS = frozenset(_SPAN)

_FOREIGN_WORDS = {
    "es": "qué que cuál cuánto cuántos dónde cuándo quién cómo hizo trabajó experiencia tiene habla años sus empresa",
    "fr": "quel quelle quels quelles combien où quand qui comment travaillé expérience est-ce qu'a son ses quoi chez",
    "de": "was welche welcher wie wo wann wer hat gearbeitet erfahrung seine ist er bei und jahre",
    "pt": "quanto quantos onde quando quem como fez trabalhou experiência ele tem anos empresa qual",
    "it": "quale quanto quanti dove quando chi come ha lavorato esperienza che cosa anni azienda",
    "vi": "anh ấy đã làm gì ở bao nhiêu năm kinh nghiệm có không",
    "id": "apa yang dia lakukan di berapa lama tahun pengalaman bekerja",
    "nl": "wat heeft hij bij gedaan hoeveel waar wanneer ervaring jaar werkte",
}
_FOREIGN = {code: frozenset(words.split()) for code, words in _FOREIGN_WORDS.items()}
_SCRIPTS = (
    ("ja", re.compile(r"[぀-ヿ]")),
    ("ko", re.compile(r"[가-힯ᄀ-ᇿ]")),
    ("ru", re.compile(r"[Ѐ-ӿ]")),
    ("ar", re.compile(r"[؀-ۿ]")),
    ("th", re.compile(r"[฀-๿]")),
    ("hi", re.compile(r"[ऀ-ॿ]")),
    ("he", re.compile(r"[֐-׿]")),
    ("el", re.compile(r"[Ͱ-Ͽ]")),
)


@lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


def clean(text: str, limit: int = 100_000) -> str:
    """Return `text` without control, invisible and bidirectional characters, white space folded, cut at `limit`."""
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text[: limit * 2].replace("\n", " ")))
    return _SPACE.sub(" ", text).strip()[:limit]


def tidy(text: str) -> str:
    """Return `text` as it may be shown and kept: its lines, without control, invisible and bidirectional characters."""
    lines = _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_CONTROL.sub(" ", line) for line in lines).strip()


@remembered(MOST_BYTES)
def normalise(text: str) -> str:
    """Return `text` in one form: as `unify`, in lower case."""
    return unify(text).lower()


@remembered(MOST_BYTES)
def unify(text: str) -> str:
    """Return `text` with its case kept in one form: NFKC (full-width to half-width), simplified, plain quotes.

    A character of which NFKC makes a sentence (U+FDFA) doesn't make a text longer than twice what it was.
    """
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", clean(text)))
    text = unicodedata.normalize("NFKC", text)[: 2 * len(text) + 32]
    if has_han(text):
        text = _to_simplified().convert(text)
    return _AROUND_HAN.sub("", text).replace("’", "'").replace("‘", "'").replace("`", "'")


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in `text`."""
    return bool(_HAN.search(text))


@remembered(MOST_BYTES)
def stem(word: str) -> str:
    """Return the English stem of a lower-case word; words with digits or signs stay as they are."""
    word = word.removesuffix("'s")
    return str(_stemmer().stemWord(word)) if word.isalpha() and word.isascii() else word


def words(text: str) -> list[str]:
    """Return the runs of Latin letters and digits and of Chinese characters in `text`, normalised, in order."""
    return _WORD.findall(normalise(text))


@remembered(MOST_BYTES)
def index_tokens(text: str) -> tuple[str, ...]:
    """Return what `text` is indexed by: its tokens, and every Chinese character that is no function word.

    Single characters let 省钱 meet 节省 and 变快 meet 加快.
    """
    single = (char for word in words(text) if has_han(word) and len(word) > 1 for char in word)
    return (*tokens(text), *(char for char in single if char not in STOP_CHARS))


@remembered(MOST_BYTES)
def tokens(text: str) -> tuple[str, ...]:
    """Return the stems of Latin words, Chinese character bigrams and lone characters of `text`.

    English stop words and bigrams of Chinese function characters only are left out.
    """
    found: list[str] = []
    for word in words(text):
        if has_han(word):
            found.extend(_bigrams(word))
        elif word not in STOP_WORDS:
            found.append(stem(word))
    return tuple(found)


def _bigrams(run: str) -> list[str]:
    if len(run) == 1:
        return [] if run in STOP_CHARS else [run]
    pairs = (run[i : i + 2] for i in range(len(run) - 1))
    return [pair for pair in pairs if not STOP_CHARS.issuperset(pair)]


def language(text: str) -> str:
    """Tell the language of a short text: "zh", "en", or the code of another one.

    By script first (kana before Chinese characters), then by function words for other languages in Latin letters.
    Text without letters counts as English.
    """
    for code, script in _SCRIPTS:
        if script.search(text):
            return code
    if has_han(text):
        return "zh"
    found = set(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text.lower()))
    scores = {code: len(found & known) for code, known in _FOREIGN.items()}
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] >= 2 and scores[best] > len(found & STOP_WORDS) else "en"


def reply_language(text: str) -> Language:
    """Return the language in which a visitor who wrote `text` is told something: Chinese for Chinese, else English."""
    return "zh" if language(text) == "zh" else "en"
