public import Kernel

/// Fires timers that are due, in the order of their time, a bounded number of firings at a time.
public struct FiringRound: Sendable {
    public struct Entry: Equatable, Sendable {
        /// Orders timers that are due at the same instant.
        public var number: Int64
        public var timer: HandoffTimer

        public init(number: Int64, timer: HandoffTimer) {
            self.number = number
            self.timer = timer
        }
    }

    public private(set) var changed: [Entry] = []
    public private(set) var facts: [TimerFact] = []

    /// - Parameters:
    ///   - due: in order of time and number; all that is due at `now`, or as much of it as was loaded.
    ///   - isComplete: whether that is all; else nothing fires behind the last of it.
    ///   - limit: the most firings.
    public init(
        due: [Entry], isComplete: Bool, now: Instant, limit: Int, ruleOf: (HandoffTimer) throws -> TimerRule
    ) throws {
        let horizon = isComplete ? now : min(now, due.last?.timer.nextFireAt ?? now)
        var queue = Array(due.reversed())
        var touched: [Int64: HandoffTimer] = [:]
        var firings = 0
        while firings < limit, let entry = queue.popLast(), let instant = entry.timer.nextFireAt, instant <= horizon {
            let decision = try ruleOf(entry.timer).decide(entry.timer, .clock(instant))
            firings += 1
            facts += decision.facts
            touched[entry.number] = decision.timer
            Self.insert(Entry(number: entry.number, timer: decision.timer), into: &queue)
        }
        changed = touched.sorted { $0.key < $1.key }.map { Entry(number: $0.key, timer: $0.value) }
    }

    /// Keeps the queue sorted, the earliest last.
    private static func insert(_ entry: Entry, into queue: inout [Entry]) {
        guard let instant = entry.timer.nextFireAt else { return }
        var low = 0
        var high = queue.count
        while low < high {
            let middle = (low + high) / 2
            let other = queue[middle]
            if (other.timer.nextFireAt ?? instant, other.number) > (instant, entry.number) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        queue.insert(entry, at: low)
    }
}
