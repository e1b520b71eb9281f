"""Presidio's default recognisers for English, without a language model, which would be slower.

usage: presidio.py MESSAGES FILE..., reads the first so many messages of each file and prints the
seconds that all of them would take.
"""

import sys
import time

import spacy
import tldextract

# Its list of domains is the one in the package: nothing is fetched while it is timed.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine


class Tokenizer(SpacyNlpEngine):
    """Words alone, as the recognisers' context needs them."""

    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        self.nlp = {"en": spacy.blank("en")}


def read(file):
    data = open(file, "rb").read()
    at = 0
    while at < len(data):
        line = data.index(b"\n", at)
        repeats, length = map(int, data[at:line].split())
        at = line + 1 + length
        yield data[line + 1 : at].decode() * repeats


engine = AnalyzerEngine(nlp_engine=Tokenizer(), supported_languages=["en"])
for file in sys.argv[2:]:
    messages = list(read(file))
    some = messages[: int(sys.argv[1])]
    begun = time.perf_counter()
    for message in some:
        engine.analyze(message, language="en")
    print((time.perf_counter() - begun) * len(messages) / len(some))
