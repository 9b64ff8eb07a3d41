import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// The timer has no point any more.
struct TimerCancelledConsumer: EventConsumer {
    let kind = EventKind.timerCancelled

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let timer = event.timerCancelled.timer
        try transaction.database.keep(timer, timer.standing ?? .cancelled, toldAt: Instant(event.occurredAt))
    }
}
