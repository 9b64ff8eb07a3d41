import Contracts
import Hosting
import Kernel
import MetricsDomain
import Storage

/// A clock runs on a handoff.
struct TimerArmedConsumer: EventConsumer {
    let kind = EventKind.timerArmed

    func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        let timer = event.timerArmed.timer
        try transaction.database.keep(timer, timer.standing ?? .armed, toldAt: Instant(event.occurredAt))
    }
}
