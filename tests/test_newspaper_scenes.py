"""What writers set around a report, whom claims are aimed at and who is who around them, by the shipped models."""

import pytest


@pytest.mark.parametrize(
    ("text", "content"),
    [
        # Where it was said is no part of it, unless its own verb is a thing of words.
        ("Nora Quill said the verdict was a relief in a statement.", "the verdict was a relief"),
        ("The bank denied that it had lost the files in a court filing.", "that it had lost the files"),
        ("The minister said fares would rise at a news conference on Monday.", "fares would rise"),
        (
            "Quill said the mayor had insulted nurses in a speech last year.",
            "the mayor had insulted nurses in a speech last year",
        ),
        # What the writer sets beside it or tells of what came next is his.
        ("Three boys were held, police said, without naming them.", "Three boys were held"),
        ("The club said the match would be moved, without giving a reason.", "the match would be moved"),
        ("The envoy said the truce had failed, speaking on condition of anonymity.", "the truce had failed"),
        ("The governor said the pass was open, even as snow fell.", "the pass was open"),
        ("The speaker said he had the votes, only to withdraw the bill.", "he had the votes"),
        ("Ode said the vote was stolen, although every court has ruled otherwise.", "the vote was stolen"),
        ("She said she had nothing to add and hung up.", "she had nothing to add"),
        # What belongs to it stays.
        (
            "Officials said the fire was contained, though crews would stay overnight.",
            "the fire was contained, though crews would stay overnight",
        ),
        ("He said he was tired and wanted to go home.", "he was tired and wanted to go home"),
        ("Nine people were hurt, the mayor said, including two boys.", "Nine people were hurt … including two boys"),
        # Single marks run on into the next paragraph behind their cue too.
        (
            "‘We lost,’ said Orr. ‘That hurts.\n\n‘The fans deserve better.’",
            "‘We lost,’ … ‘That hurts. … ‘The fans deserve better.’",
        ),
    ],
)  # fmt: skip
def test_what_is_said_and_what_the_writer_sets_around_it(annotated, text, content):
    told = [r for r in annotated(text) if r["cue"] in ("said", "denied")]
    assert [r["content"] for r in told] == [content]


def test_who_says_what_a_participle_goes_on_from(annotated):
    found = annotated("The pass was shut, the ministry said, asking drivers to use the tunnel.")
    assert [(r["source"], r["cue"], r["content"]) for r in found] == [
        ("the ministry", "said", "The pass was shut"),
        ("the ministry", "asking", "to use the tunnel"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The Senate confirmed the nominee.",
        "A jury convicted Pell of perjury.",
        "The court upheld the map.",
        "Norvik recalls 20,000 pickups over fuel leak.",
        "Whitlow called Roop to concede.",
    ],
)
def test_what_bodies_do_is_no_report(annotated, text):
    assert annotated(text) == []


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("The Pentagon confirmed the strike.", "confirmed"),
        ("She recalled that the door was locked.", "recalled"),
        ("The mayor called on Ana Quist to resign.", "called on"),
        ("She called the plan a slap in the face.", "called"),
    ],
)
def test_what_only_looks_like_a_deed_is_a_report(annotated, text, cue):
    assert [r["cue"] for r in annotated(text)] == [cue]


@pytest.mark.parametrize(
    ("text", "cue", "act", "about"),
    [
        ("Roland Dean faces accusations of insider trading.", "accusations", "accusation", ["Roland Dean"]),
        ("Luka Moric is facing calls to step down.", "calls", "demand", ["Luka Moric"]),
        ("Mr Finch rejected calls to resign.", "rejected", "denial", []),
        ("Sam Dunn, accused of stealing a car, appeared in court.", "accused", "accusation", ["Sam Dunn"]),
        ("Dr. Moss encouraged Gov. Roy Teague to keep the rule.", "encouraged", "demand", ["Roy Teague"]),
        ("Fans berated Alan Trant for leaving early.", "berated", "criticism", ["Alan Trant"]),
        ("Families hold Dolmen responsible for the deaths.", "hold Dolmen responsible", "accusation", ["Dolmen"]),
        ("Mr Lipari apologised to Leeds for his red card.", "apologised", "admission", ["Leeds"]),
        ("Ms Orme urged state Attorney General Kate Dunn to sue.", "urged", "demand", ["Kate Dunn"]),
        ("Mr Finch told Ms Orme that the files were lost.", "told", "statement", []),
        ("A lawyer for Gordon Pask said his client was ill.", "said", "statement", ["Gordon Pask"]),
    ],
)  # fmt: skip
def test_at_whom_a_report_is_aimed(annotated, text, cue, act, about):
    told = next(r for r in annotated(text) if r["cue"] == cue)
    assert (told["act"], told["about"]) == (act, about)


@pytest.mark.parametrize(
    ("text", "cue", "who"),
    [
        # Whom a lead is on the next paragraph names, unless he has a trade of his own or is one of many.
        ("A pilot has told how he landed on a road.\n\nGreg Moor said he had no choice.", "has told", "Greg Moor"),
        ("The head of Easton Rovers has said he will go.\n\nBill Marks said he was ill.", "has said", "Bill Marks"),
        ("A soldier has said he was bullied.\n\nColonel Ian Hart said he was sorry.", "has said", "A soldier"),
        ("A resident said the fire was huge.\n\nAna Lind said she had seen it too.", "said", "A resident"),
        # A body is “it” in its own words.
        ("Norway met Karvia. Dolmen said it hoped for peace.", "hoped", "Dolmen"),
        ("Toyota recalled cars. Ford said it expected to do the same.", "expected", "Ford"),
        # Whose claim one rejects by the way is another's.
        ("Teague hit back at Senator Huck, rejecting his claim that the bridge was unsafe.", "claim", "Huck"),
        # Two trades before one name.
        ("“It is late,” said the actor and director Paul Renn.", "said", "Paul Renn"),
        ("Founder and chief executive Miles Garvey said sales were up.", "said", "Miles Garvey"),
    ],
)  # fmt: skip
def test_who_is_who_around_a_report(annotated, text, cue, who):
    told = next(r for r in annotated(text) if r["cue"] == cue)
    assert told["who"] == [who]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        # A surname that two share, and whoever of a name is speaking.
        ("Tom and Alice Rudge were asleep. Mr Rudge said he had rung.", "Tom Rudge"),
        ("Tom and Alice Rudge were asleep. Mrs Rudge said it was loud.", "Alice Rudge"),
        ("Sam Boyd was shot. His father, Al Boyd, said so. Boyd said his son had rung.", "Al Boyd"),
        ("Marcus Hale was shot. His mother, Loretta Hale, said so. Hale said she was sad.", "Loretta Hale"),
        ("Paul Reed is ill. His wife, Laura Reed, said so. Reed said he was fine.", "Paul Reed"),
        # Of a spokesperson no more is told.
        (
            "A council spokesperson said it was shut. They said it would open in May.",
            "A council spokesperson",
        ),
    ],
)
def test_who_speaks_last(annotated, text, who):
    assert annotated(text)[-1]["who"] == [who]


@pytest.mark.parametrize(
    ("text", "source", "content"),
    [
        # The paper says it, and not who got or sent it; of a defendant all is told.
        ("She received a text message which read: “I know your street.”", "which", "“I know your street.”"),
        ("The club published a report which said the roof was unsafe.", "which", "the roof was unsafe"),
        (
            "The court was told Mason, of Pike Lane, Oldham, was three times over the limit.",
            "",
            "Mason, of Pike Lane, Oldham, was three times over the limit",
        ),
    ],
)
def test_what_is_told_in_papers_and_courts(annotated, text, source, content):
    told = annotated(text)[0]
    assert (told["source"], told["content"]) == (source, content)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("A colleague, firefighter Don Reeve, said the roof fell in.", "Don Reeve"),
        ("Another, retired nurse Joy Hill, said it was cold.", "Joy Hill"),
        ("One of the rescuers, fisherman Jo Tait, said it was cold.", "Jo Tait"),
        ("Eng. Khalifa Mazen, the plant's head, said it was shut.", "Khalifa Mazen"),
        # Whose kin or lawyer he is does not speak.
        (
            "The brother of murdered student Leah Cole said he was ill.",
            "The brother of murdered student Leah Cole",
        ),
        (
            "The lawyer of detained journalist Ivan Petrov wept, he said.",
            "The lawyer of detained journalist Ivan Petrov",
        ),
        ("The lawyer of Ivan Petrov, Ann Vose, said he was ill.", "Ann Vose"),
    ],
)
def test_who_has_a_trade_before_his_name(annotated, text, who):
    assert annotated(text)[0]["who"] == [who]


def test_a_body_before_its_claim_is_the_source_without_an_article(annotated):
    found = {r["cue"]: r for r in annotated("The union rejected a government request to delay the strike.")}
    assert (found["request"]["source"], found["request"]["who"]) == ("government", ["government"])


def test_two_people_of_whom_one_has_a_name_are_two(annotated):
    (told, *_) = annotated("The mayor and police chief Ray Cole said they were sorry.")
    assert told["who"] == ["The mayor", "Ray Cole"]
