"""All questions, and the probe that asks them."""

from __future__ import annotations

from collections.abc import Callable

from source_bigcommerce.api.errors import BigCommerceError
from source_bigcommerce.probe import (
    access,
    child_dates,
    customers,
    filters,
    order_children,
    order_details,
    orders,
    pages,
    products,
)
from source_bigcommerce.probe.answer import FAILED, UNDECIDED, Answer, Undecided
from source_bigcommerce.probe.limits import RequestsSpent
from source_bigcommerce.probe.question import Question
from source_bigcommerce.probe.session import ProbeSession

QUESTIONS: tuple[Question, ...] = (
    *filters.QUESTIONS,
    *orders.QUESTIONS,
    *order_details.QUESTIONS,
    *customers.QUESTIONS,
    *products.QUESTIONS,
    *pages.QUESTIONS,
    *order_children.QUESTIONS,
    *child_dates.QUESTIONS,
    *access.QUESTIONS,
    *order_children.LATE_QUESTIONS,
    *access.LATE_QUESTIONS,
)


def ask_all(probe: ProbeSession, note: Callable[[Question, BigCommerceError], None]) -> dict[Question, Answer]:
    """Returns the answer to each question; UNDECIDED with the reason where there is none.

    `note` is called with the error of each request that failed, whose message is not anonymous. Raises BigCommerceError
    if the store cannot be reached with these credentials at all.
    """
    probe.store.sync_started_at()
    return {question: _answer(question, probe, note) for question in QUESTIONS}


def _answer(question: Question, probe: ProbeSession, note: Callable[[Question, BigCommerceError], None]) -> Answer:
    try:
        return question.ask(probe)
    except Undecided as reason:
        return Answer(UNDECIDED, str(reason))
    except RequestsSpent as spent:
        return Answer(UNDECIDED, str(spent.message))
    except BigCommerceError as error:
        note(question, error)
        return Answer(UNDECIDED, FAILED)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A response in a form that nobody expected must not cost the other answers.
        return Answer(UNDECIDED, f"a response has an unexpected form ({type(error).__name__})")
    finally:
        for left_out in probe.left_out:
            note(question, left_out)
        probe.left_out.clear()
