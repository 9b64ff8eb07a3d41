public import Kernel

/// How the relay sends, and how long it goes on trying.
public struct RelaySettings: Sendable {
    /// Events in a batch: 500 at most.
    public var maxEvents = Outbox.maxBatchEvents
    /// Binary bytes of the events in a batch: 1 MiB at most.
    public var maxBytes = Outbox.maxBatchBytes
    /// How long a subscriber has to answer; nil for as long as it takes.
    public var timeout: Duration? = .seconds(30)
    /// Waits after a call that did not get through.
    public var callBackoff = Backoff(first: TimeSpan(microseconds: 200_000), longest: TimeSpan(seconds: 30))
    /// Waits after an event that the subscriber could not apply.
    public var eventBackoff = Backoff(first: TimeSpan(seconds: 1), longest: TimeSpan(seconds: 60))
    /// How often an event is tried before it is parked.
    public var maxAttempts = 5

    public init() {}
}

/// Waits that double with each failure, each shortened by chance by up to a half, so that those who failed together
/// do not come back together.
public struct Backoff: Sendable, Hashable {
    public var first: TimeSpan
    public var longest: TimeSpan

    public init(first: TimeSpan, longest: TimeSpan) {
        self.first = first
        self.longest = longest
    }

    /// - Parameter failures: in a row, this one counted; from 1.
    public func wait(failures: Int, random: inout SeededRandom) -> TimeSpan {
        let doubled = first.microseconds.multipliedReportingOverflow(by: 1 << min(max(failures, 1) - 1, 40))
        let full = doubled.overflow ? longest.microseconds : min(doubled.partialValue, longest.microseconds)
        let cut = full > 1 ? Int64.random(in: 0...full / 2, using: &random) : 0
        return TimeSpan(microseconds: full - cut)
    }

    /// What is left of a wait; nil where it is over. One that is longer than the longest comes of a clock that has been
    /// set back, and is over too.
    func left(until moment: Instant?, now: Instant) -> TimeSpan? {
        guard let moment else { return nil }
        let left = moment.microseconds - now.microseconds
        return left > 0 && left <= longest.microseconds ? TimeSpan(microseconds: left) : nil
    }
}
