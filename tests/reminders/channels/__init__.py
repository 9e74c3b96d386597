"""Group robots and the webhook, each against a local server that answers like the vendor's."""
