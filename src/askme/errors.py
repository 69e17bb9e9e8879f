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


class PinError(AskmeError):
    """A file of pins can't be read or has a field that isn't known."""

    exit_code = 2


class RequestError(AskmeError):
    """A question or a line of a batch isn't what was asked for."""

    exit_code = 2
