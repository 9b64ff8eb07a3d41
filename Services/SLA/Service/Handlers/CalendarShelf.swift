import Contracts
import SLADomain
import Synchronization

/// Calendars that callers sent with their questions, compiled; a bounded number of them.
final class CalendarShelf: Sendable {
    private static let limit = 256
    private let known = Mutex<[WireCalendar: BusinessCalendar]>([:])

    func calendar(_ wire: WireCalendar) throws(CalendarFaults) -> BusinessCalendar {
        if let calendar = known.withLock({ $0[wire] }) { return calendar }
        let calendar = try BusinessCalendar(CalendarDefinition(wire))
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[wire] = calendar
        }
        return calendar
    }
}
