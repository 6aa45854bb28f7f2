"""What a street address looks like: an anchor that only an address has, then what may follow it (unit, town, postcode).

Letters' case matters here, unlike in the other patterns: "(?-i:...)" turns it on again. Repetitions are bounded, so that a hostile text of 4,000 characters is read in about a second.
"""

# ruff: noqa: E501 - a pattern broken over lines is harder to check than a long one

CAP = r"(?-i:\p{Lu}[\p{L}\p{M}'’.]*(?:-[\p{L}\p{M}'’]+)*)"
SMALL = r"(?:of|de|du|des|do|da|del|della|la|le|las|los|el|e|y|van|der|den|von|rue|via|vinte|cinco|and|út|u\.|ul\.)"
NAME = rf"{CAP}(?:[ ]+(?:{CAP}|{SMALL}(?=[ ]))){{0,4}}"
STREET = (
    r"(?:street|st|avenue|ave|av|road|rd|boulevard|blvd|drive|dr|lane|ln|way|court|ct|place|pl|square|sq|terrace|ter"
    r"|trail|trl|parkway|pkwy|highway|hwy|circle|cir|crescent|loop|bypass|alley|turnpike|pike|plaza)\b\.?"
)
UNIT = r"(?:(?:apt|apartment|suite|ste|unit|floor|fl|bldg|room|rm|box)\b\.?[ ]*\#?[ ]*[\p{L}]?-?\d+\w*|\#[ ]?\d+\w*)"
PART = (
    rf"(?:{UNIT}|{CAP}(?:[ ]+(?:{CAP}|\({CAP}\)|{SMALL}(?=[ ]))){{0,4}}(?:[ ]+\d{{4,6}}(?:-\d{{4}})?)?"
    r"|\d{4,6}(?:-\d{3,4})?|nan)(?![\p{L}\d])"
)
# What may follow the anchor: lines and comma parts of capitalised words, units and postcodes.
BREAK = rf"(?:[ ]*,[ ]*|[ ]*(?:\n[>, \t]*){{1,3}},?[ ]*|[ ]+(?={UNIT}|\d{{5}}\b)|(?<=\d)[ ]+(?=(?-i:\p{{Lu}})))"
TAIL = rf"(?:{BREAK}{PART}){{0,6}}"
# Words that announce an address; what they announce begins after \K.
CUE = (
    r"\b(?:address(?:es)?(?:[ ](?:is|to|with|for|of[ ][\w .]{1,40}[ ]is))?|here[ ]they[ ]are|liv(?:es?|ing)[ ](?:at|on|in)"
    r"|located[ ](?:at|on|in)|resid(?:es?|ing)[ ](?:at|on)|offices?[ ](?:is|are)[ ]at|meet[ ](?:me|you|us)[ ]at|return[ ]to"
    r"|arrived[ ]at|sent[ ]to|one[ ]to|off[ ]at|ship[ ]to|mail[ ](?:it[ ])?to|it[ ]is|it's|following\?)[\s,:;?]{1,4}\K"
)
LOWER_CUE = r"\b(?:liv(?:es?|ing)|resid(?:es?|ing)|located|home|address)(?:[ ]is)?(?:[ ](?:at|on))?:?[ ]\K"

ADDRESS_PATTERNS: tuple[str, ...] = (
    # 12 Elm Street, 4450 N Lake Shore Dr Apt 3, Dallas, TX 75201
    rf"\b\d{{1,6}}[A-Za-z]?[ ]+(?:\d{{1,5}}[ ]+)?(?:(?-i:[NSEW]{{1,2}})\.?[ ]+)?(?:{CAP}|\d+(?:st|nd|rd|th))"
    rf"(?:[ ]+{CAP}|[ ]+{SMALL}){{0,3}}[ ]+{STREET}{TAIL}",
    # 85 Lindenstraat 12, with its unit or its next line
    rf"\b\d{{1,6}}[ ]+(?:{SMALL}[ ]+)?{NAME},?[ ]+\d{{1,5}}\.?(?=\s|,|$)(?:[ ]+{STREET})?"
    rf"(?:[ ]*,?[ ]*\n[>, \t]*{PART}|[ ]*,?[ ]+{UNIT}){TAIL}",
    rf"{CUE}\d{{1,6}}[ ]+(?:{SMALL}[ ]+)?{NAME},?[ ]+\d{{1,5}}\.?(?=\s|,|[.?]|$)(?:[ ]+{STREET})?{TAIL}",
    # Street type first, as in French, Spanish, Italian, Portuguese and Polish
    r"(?:\b\d{1,6}[ ]+){1,2}(?:rue|calle|avenida|avda\.?|ul\.|rua|via|piazza|carrer|chemin)[ ]+"
    rf"(?:[\p{{L}}\p{{M}}'’.]{{1,30}}[ ]*){{1,6}}?(?:\d{{1,5}}\b\.?|(?=[\n,.;?]|$)){TAIL}",
    # Street name first: Kirchweg 7 with a unit line
    rf"{CUE}(?:the[ ]corner[ ]of[ ]+)?{NAME}[ ]+\d{{1,5}}\b(?:[ ]+{STREET})?(?:[ ]+and[ ]+{NAME}(?:[ ]+\d+\.?)?)?{TAIL}",
    rf"\bthe[ ]corner[ ]of[ ]+(?:\d+[ ]+)?(?:{SMALL}[ ]+)?{NAME}(?:[ ]+\d{{1,5}})?(?:[ ]+{STREET})?"
    rf"[ ]+and[ ]+(?:{SMALL}[ ]+)?{NAME}(?:[ ]+\d+\.?)?(?:[ ]+{STREET})?",
    # Post boxes and military addresses
    rf"(?:\b\d{{1,6}}[ ]+)?\bp\.?[ ]?o\.?[ ]+box[ ]+\d+\b{TAIL}",
    r"\b(?-i:(?:PSC|Unit|CMR)[ ]+\d+,?[ ]+Box[ ]+\d+|USS[ ]+\p{Lu}\p{L}+)(?:\s{1,3}(?-i:[APFD]PO)[ ]+(?-i:A[AEP])[ ]+\d{5})?",
    # Lower case, only after words that announce an address, or with a unit
    rf"{LOWER_CUE}\d{{1,6}}[ ]+(?:[\p{{L}}\d.]{{1,30}}[ ]+){{1,3}}{STREET}(?:[ ]*,?[ ]*{UNIT})?",
    rf"\b\d{{1,6}}[ ]+(?:\d{{1,6}}[ ]+)?(?:[\p{{L}}\d]{{1,30}}[ ]+){{1,2}}(?:street|avenue|ave|blvd|lane|road)[ ]*,?[ ]*{UNIT}"
    r"(?:[ ]+[\p{L}]{1,30}){0,2}",
    # A unit line left on its own inside an address block
    r"(?<=\n[> \t]{0,4})(?:suite|apt|apartment)\b\.?[ ]*\#?\d+\w*\b",
)
