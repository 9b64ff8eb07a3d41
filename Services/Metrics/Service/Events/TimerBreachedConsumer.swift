import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// The timer ran out.
struct TimerBreachedConsumer: EventConsumer {
    let kind = EventKind.timerBreached

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let timer = event.timerBreached.timer
        try transaction.database.keep(timer, timer.standing ?? .breached, toldAt: Instant(event.occurredAt))
    }
}
