import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// A checkpoint of the timer has passed.
struct TimerWarnedConsumer: EventConsumer {
    let kind = EventKind.timerWarned

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let warned = event.timerWarned
        let at = Instant(event.occurredAt)
        try transaction.database.keep(warned.timer, warned.timer.standing ?? .warned, toldAt: at)
        transaction.keepWarning(of: warned.timer, percent: warned.percent, at: at)
    }
}
