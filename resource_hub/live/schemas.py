"""What clients may say in a lesson: the data of every command, refused when a field is unknown.

Limits are those of a classroom: a stroke of ten seconds, a class of a hundred, a question that
fits on a screen. Nothing here names a pupil: seats and groups are numbers or short marks.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from resource_hub.kernel.errors import N_, Invalid
from resource_hub.live.board import WHOLE_POINTS

MOST_SITES = 200
"""The lead class and those that receive: twelve at most, more than three are warned of when pairing; where they only watch, all others."""
LONGEST_STROKE = 4_000
"""Characters of encoded points: about 1,500 points, more than a minute of writing."""

LONGEST_DESCRIPTION = 40_000
"""Characters: a session description with three sizes of picture and many candidates is about 12,000."""

Ident = Annotated[str, StringConstraints(min_length=1, max_length=24, pattern=r"^[A-Za-z0-9_-]+$")]
Deck = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
"""An asset of the lesson pack, or ``board`` for blank pages."""
Page = Annotated[str, StringConstraints(min_length=1, max_length=48, pattern=r"^[A-Za-z0-9_-]+(/\d{1,4})?$")]
Site = Annotated[int, Field(ge=0, lt=MOST_SITES)]
Who = Annotated[str, StringConstraints(max_length=12)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Count = Annotated[int, Field(ge=0, le=200)]
Share = Annotated[float, Field(ge=0, le=1)]
Rung = Literal["video720", "video360", "video180", "still", "audio24", "audio16", "audio12", "text"]


class Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Data):
    pass


class Extend(Data):
    minutes: int = Field(ge=1, le=60)


class Turn(Data):
    deck: Deck
    page: int = Field(ge=1, le=2_000)
    step: int = Field(default=0, ge=0, le=200)


class Draw(Data):
    """A finished stroke; ``points`` as ``board.encode`` writes them, ``width`` in thousandths of the board's width."""

    page: Page
    pen: Literal["pen", "marker"] = "pen"
    colour: int = Field(default=0, ge=0, le=7)
    width: int = Field(default=3, ge=1, le=60)
    points: str = Field(min_length=2, max_length=LONGEST_STROKE, pattern=WHOLE_POINTS)


class Erase(Data):
    page: Page
    strokes: list[Ident] = Field(min_length=1, max_length=200)


class OfPage(Data):
    page: Page


class Point(Data):
    """A place on a page in thousandths of its width and height."""

    page: Page
    x: int = Field(ge=0, le=1_000)
    y: int = Field(ge=0, le=1_000)


class Ask(Data):
    question: Text
    choices: list[ShortText] = Field(min_length=2, max_length=8)
    kind: Literal["hands", "cards", "groups"] = "hands"


class Answer(Data):
    poll: Ident
    site: Site
    counts: list[Count] = Field(min_length=2, max_length=8)


class OfPoll(Data):
    poll: Ident


class Raise(Data):
    site: Site
    who: Who = ""


class OfHand(Data):
    hand: Ident


class Stage(Data):
    site: Site | None = None
    who: Who = ""


class Press(Data):
    """``rtt_ms`` is the way to the server and back as the client measured it."""

    buzz: Ident
    site: Site
    rtt_ms: int = Field(default=0, ge=0, le=2_000)


class OfBuzz(Data):
    buzz: Ident


class Say(Data):
    text: Text


class Time(Data):
    seconds: int = Field(ge=5, le=5_400)
    label: ShortText = ""
    kind: Literal["task", "local"] = "task"


class OfTimer(Data):
    timer: Ident


class Groups(Data):
    site: Site
    groups: list[Annotated[str, StringConstraints(max_length=40)]] = Field(max_length=16)


class Photo(Data):
    site: Site
    asset: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    caption: ShortText = ""


class Wall(Data):
    """Works for all to see: all of them, or one by the id of the photo's own command."""

    photo: Ident | None = None


class WorkComment(Data):
    """A teacher's words on a photo of work, by the id of the photo's own command."""

    photo: Ident
    text: Text


class Ticket(Data):
    site: Site
    item: int = Field(ge=1, le=10)
    right: Count
    wrong: Count


class Mood(Data):
    """How many pupils show each of the three cards: understood, half, not."""

    site: Site
    counts: list[Count] = Field(min_length=3, max_length=3)


class Heads(Data):
    site: Site
    count: Count


class Score(Data):
    site: Site
    points: int = Field(ge=-10, le=10)


class Notice(Data):
    text: Text
    site: Site | None = None


class Help(Data):
    site: Site
    about: Literal["sound", "picture", "slides", "line", "other"] = "other"


class OfHelp(Data):
    help: Ident


class MediaState(Data):
    site: Site
    mic: bool
    camera: bool
    speaker: bool = True


class OfSite(Data):
    site: Site


class LinkState(Data):
    """The rung of the ladder a site is on, and what was measured."""

    site: Site
    rung: Rung | Literal["off"]
    rtt_ms: int = Field(default=0, ge=0, le=60_000)
    loss: Share = 0
    concealed: Share = 0


class LinkLimit(Data):
    """The best rung that a site's line may take, chosen by hand; null: what the line carries."""

    site: Site
    rung: Rung | None = None


class Route(Data):
    """How sound and picture reach several rooms: through the forwarder, or as a star through the lead room."""

    via: Literal["sfu", "star"]


class Voice(Data):
    """A recorded clip for rooms that live sound does not reach; ``voice`` as the server named it."""

    voice: Ident
    ms: int = Field(ge=1, le=25_000)


class OfCamera(Data):
    """``key`` is the invitation that the phone came by."""

    site: Site
    key: Ident


class ShownCamera(Data):
    """The class whose document camera all classes see; null: none."""

    site: Site | None = None


class Report(Data):
    site: Site
    went: Literal["well", "fair", "poor"]
    text: LongText = ""


class Reflection(Data):
    """What a teacher of the lesson thinks of it afterwards: what worked, what did not, what shows it, what comes next."""

    worked: LongText = ""
    problem: LongText = ""
    evidence: LongText = ""
    next: LongText = ""


class Minute(Data):
    """A line of the minutes of a meeting: something said, or something decided."""

    text: Text
    kind: Literal["note", "decision"] = "note"


class OfMinute(Data):
    minute: Ident


class Record(Data):
    """``session`` is the recorder's own id for what it records from now on."""

    session: Ident


class Command(BaseModel):
    """The envelope of every command: ``id`` is the client's own and unique in the lesson, so that a repeat changes nothing.

    ``made_at`` says when it was meant, for what a client kept while it was cut off (ms since 1970). With
    ``wait`` false the answer comes at once and says nothing: the fact itself tells that the command is kept,
    the event ``refused`` that it is not.
    """

    model_config = ConfigDict(extra="forbid")

    lesson: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    id: Ident
    data: dict[str, object] = {}
    made_at: int | None = None
    wait: bool = True


class Join(BaseModel):
    """``since`` is the last fact that the client has; left out by one that has nothing.

    ``device`` is the client's own name for the page it is, kept through reconnections: media is set up between devices.
    """

    model_config = ConfigDict(extra="forbid")

    lesson: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    since: int | None = Field(default=None, ge=0)
    as_observer: bool = False
    device: Ident | None = None


class LoadPage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lesson: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    page: Page


class Signal(BaseModel):
    """Setting up media between two devices of a lesson; ``to`` is the other one."""

    model_config = ConfigDict(extra="forbid")

    lesson: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    to: Ident
    data: dict[str, object]


class InLesson(BaseModel):
    """Whatever is about one lesson and is no fact of it."""

    model_config = ConfigDict(extra="forbid")

    lesson: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Offer(InLesson):
    """A session description for the forwarder: the offer to send for one's own site."""

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_DESCRIPTION)]


class Forwarded(InLesson):
    """What comes through the forwarder: ``site``, or what its document camera shows."""

    site: Site
    source: Literal["camera"] | None = None

    @property
    def way(self) -> str:
        """The name of the way on which it comes to one device."""
        return str(self.site) if self.source is None else f"{self.site} {self.source}"


class Hear(Forwarded):
    """To hear and see it, from the first moment on this rung; without one its best picture comes."""

    rung: Rung | None = None


class Heard(Forwarded):
    """The answer to the forwarder's offer of ``site``."""

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_DESCRIPTION)]


class Tune(Forwarded):
    """The rung on which ``site`` is to come here."""

    rung: Rung


class VoiceName(InLesson):
    voice: Ident


class Passing(BaseModel):
    """What is shown at once and not kept: the stroke being drawn, a pointer."""

    model_config = ConfigDict(extra="forbid")

    lesson: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    data: dict[str, object]


Model = TypeVar("Model", bound=BaseModel)


def parsed(model: type[Model], given: object) -> Model:
    """Return what a client sent as ``model``; raises Invalid naming the fields that are wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fields = {".".join(str(part) for part in item["loc"]) or "body": N_("这一项的格式不对。") for item in error.errors()}
        raise Invalid(fields=fields) from error
