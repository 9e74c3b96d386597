"""What the browser tests of the import desk do again and again."""


def read(page, pasted):
    """Pastes a plan and waits for its preview."""
    page.fill("[name=pasted]", pasted)
    page.click("text=上传并核对")
    page.locator(".import-row").first.wait_for()
    # Rows are there before the page's script is: until then nothing asks before discarding.
    page.wait_for_function("document.readyState === 'complete'")


def in_view(page, pane, target):
    """Whether the target stands within the visible part of its pane."""
    return page.evaluate(
        """([pane, target]) => {
            const box = document.querySelector(pane).getBoundingClientRect();
            const place = document.querySelector(target).getBoundingClientRect();
            return place.top >= Math.max(box.top, 0) - 1 && place.top < Math.min(box.bottom, innerHeight);
        }""",
        [pane, target],
    )
