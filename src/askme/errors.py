"""One tree of errors; each says what happened and what to do."""


class AskmeError(Exception):
    """Anything askme can explain in one line. `exit_code` is what the command line ends with."""

    exit_code = 1


class KnowledgeError(AskmeError):
    """Something in knowledge/ is wrong; `problems` names file, line and remedy of each finding."""

    def __init__(self, problems: list[str]) -> None:
        """Keep all problems; the message is one line for each."""
        super().__init__("\n".join(problems))
        self.problems = problems


class SettingsError(AskmeError):
    """A setting has a value that can't be used."""

    exit_code = 2


class IndexBroken(AskmeError):
    """The store doesn't hold what its manifest says; it is derived data and gets rebuilt."""


class PromptError(AskmeError):
    """A prompt can't be read, or its variables aren't the expected ones."""

    exit_code = 2


class ServiceError(AskmeError):
    """Something that this process relies on can't be used now."""

    def __init__(self, kind: str, message: str, retry_after: float | None = None) -> None:
        """`kind` says why in a word, `retry_after` in how many seconds to try again; `message` holds no secret."""
        super().__init__(message)
        self.kind, self.retry_after = kind, retry_after


class ModelError(ServiceError):
    """The model gave no whole answer; `message` must hold nothing the server echoed."""

    def __init__(
        self, kind: str, message: str, retry_after: float | None = None, refused: tuple[str, ...] = ()
    ) -> None:
        """Keep what decides on a further try; `refused` is what of the request the server objects to."""
        super().__init__(kind, message, retry_after)
        self.refused = refused


class StoreDown(ServiceError):
    """The file or the server that keeps counts or answers can't be used now; whoever needs it goes on without."""


class PinError(AskmeError):
    """A file of pins can't be read or has a field that isn't known."""

    exit_code = 2


class RequestError(AskmeError):
    """A question or a line of a batch isn't what was asked for."""

    exit_code = 2


class Refused(AskmeError):
    """A question isn't answered now; the message tells whoever asked why, in their language."""


class JournalError(AskmeError):
    """The journal can't be read, written or understood."""
