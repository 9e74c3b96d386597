"""Ways a digest reaches its recipient, one folder each; a channel delivers or says why not."""


class DeliveryError(Exception):
    """A digest was not accepted. `str()` is Chinese, with the other side's own words.

    `permanent`: trying again will not help. `unavailable`: it is the way itself (no connection, wrong
    password), the next message would fare the same. `misconfigured`: somebody must change a setting.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, unavailable: bool = False, misconfigured: bool = False
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.unavailable = unavailable or misconfigured
        self.misconfigured = misconfigured
