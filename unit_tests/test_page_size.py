"""The size of pages: smaller where the store fails or memory would, and as large as before otherwise."""

from __future__ import annotations

from source_bigcommerce.lists.page_size import HEAVIEST_PAGE, PageSize, smaller


def test_each_size_divides_the_one_before() -> None:
    """Else the pages of a numbered list would overlap, or leave records out."""
    assert [smaller(size) for size in (1000, 250, 50, 10, 2, 1)] == [250, 50, 10, 2, 1, None]
    assert smaller(7) == 1


def test_pages_of_usual_records_keep_their_size() -> None:
    sizes = PageSize()
    sizes.succeed(250, 250 * 7_000)  # orders
    assert sizes.of(250) == 250


def test_pages_of_heavy_records_weigh_a_few_megabytes() -> None:
    sizes = PageSize()
    sizes.succeed(10, 10 * 360_000)
    assert 8 * 360_000 <= sizes.of(250) * 360_000 <= HEAVIEST_PAGE
    sizes.succeed(1, 20 * 1024**2)
    assert sizes.of(250) == 1


def test_a_size_that_failed_is_tried_again_ever_more_rarely() -> None:
    """A store that was down for a moment gets large pages back; one that cannot serve them is left alone."""
    sizes, tried = PageSize(), []
    for number in range(1, 1001):
        if sizes.of(250) == 250:
            tried.append(number)
            sizes.fail(250, 1, is_refused=False)
        sizes.succeed(sizes.of(250), 1000)
    assert tried == [1, 11, 51, 211, 851]


def test_after_an_outage_pages_grow_step_by_step() -> None:
    sizes, read = PageSize(), []
    for size in (250, 50, 10):
        sizes.fail(size, 1, is_refused=False)
    while sizes.of(250) < 250:
        read.append(sizes.of(250))
        sizes.succeed(read[-1], 1000)
    assert read == [*[2] * 10, *[10] * 10, *[50] * 10]


def test_a_size_that_is_refused_is_never_requested_again() -> None:
    sizes = PageSize()
    sizes.fail(1000, 1, is_refused=True)
    for _ in range(1000):
        sizes.succeed(250, 1000)
    sizes.forget_failures()
    assert sizes.of(1000) == 250


def test_a_failure_of_a_size_that_is_no_longer_requested_changes_nothing() -> None:
    """Eight workers may have requested it at the same time."""
    sizes = PageSize()
    for _ in range(8):
        sizes.fail(250, 1, is_refused=False)
    assert sizes.of(250) == 50
