import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// What the timer asks for happened in time.
struct TimerMetConsumer: EventConsumer {
    let kind = EventKind.timerMet

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let timer = event.timerMet.timer
        try transaction.database.keep(timer, timer.standing ?? .met, toldAt: Instant(event.occurredAt))
    }
}
