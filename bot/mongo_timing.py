"""Times every MongoDB command as the driver sees it, for the metrics."""

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from observability.metrics import MONGO_OPERATIONS, Metrics, known


class MongoTiming(CommandListener):
    """A listener for the client's `event_listeners`; failed commands count as well."""

    def __init__(self, metrics: Metrics) -> None:
        histogram = metrics.mongo_operation_duration
        self._children = {name: histogram.labels(name) for name in MONGO_OPERATIONS}

    def started(self, event: CommandStartedEvent) -> None:
        """Nothing yet: the end event brings the duration."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Observe an answered command."""
        self._observe(event.command_name, event.duration_micros)

    def failed(self, event: CommandFailedEvent) -> None:
        """Observe a command that failed."""
        self._observe(event.command_name, event.duration_micros)

    def _observe(self, name: str, micros: int) -> None:
        self._children[known(name, MONGO_OPERATIONS)].observe(micros / 1e6)
