"""What a page may be able to do besides showing something: the screen's keys ask for it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from tui.app.selection import Filter


@runtime_checkable
class OnTag(Protocol):
    """A page of scalars."""

    @property
    def tag_here(self) -> str | None:
        """The tag that is open, or under the cursor of the list; None without one."""


@runtime_checkable
class HasViews(Protocol):
    """A page that shows the same in several ways."""

    def next_view(self) -> None:
        """Show it in the next way."""


@runtime_checkable
class HasSearch(Protocol):
    """A page that is searched in, rather than filtered."""

    @property
    def search(self) -> Filter:
        """What is searched for."""

    def search_for(self, text: str) -> None:
        """Mark all matches, and go to the next one."""


@runtime_checkable
class HasFit(Protocol):
    """A page that can be fitted to the window, or not."""

    def next_fit(self) -> None:
        """Fit it, or no more."""


@runtime_checkable
class HasOrder(Protocol):
    """A page with an order of its own."""

    def next_order(self) -> None:
        """Sort it in the next way."""


@runtime_checkable
class HasProblems(Protocol):
    """A page with places where something is NaN or infinite."""

    def next_problem(self) -> None:
        """Go to the next of them, or say that there is none."""


@runtime_checkable
class HasMeasures(Protocol):
    """A page that shows one of several numbers of each series, by a choice of its own."""

    def next_measure(self) -> None:
        """Show the next of them."""


@runtime_checkable
class HasGroups(Protocol):
    """A page whose rows can be put together."""

    def next_grouping(self) -> None:
        """Put them together in the next way, or no more."""


@runtime_checkable
class HasExpression(Protocol):
    """A page that is filtered by an expression of its own."""

    @property
    def expression(self) -> str:
        """The expression."""

    @property
    def mistake(self) -> str:
        """What is wrong with it, and where; "" where nothing is."""


@runtime_checkable
class HasRunsHere(Protocol):
    """A page with a cursor on several runs at once."""

    @property
    def runs_here(self) -> tuple[str, ...]:
        """The runs under the cursor, none where it is on nothing."""


@runtime_checkable
class HasScales(Protocol):
    """A page whose axes have scales of their own."""

    def next_scale(self) -> None:
        """Take the next scale for the axis that is chosen."""
