/// What a timer has come to. A higher standing is truer than a lower one, whatever was told first: a breach that a
/// correction turned into a met one stays met, and an armed timer never replaces an ended one.
public enum TimerStanding: Int, Sendable, Comparable {
    case armed = 1
    case warned = 2
    case breached = 3
    case cancelled = 4
    case met = 5

    public static func < (left: TimerStanding, right: TimerStanding) -> Bool { left.rawValue < right.rawValue }
}

/// Timers of one rule summed up.
public struct ServiceLevel: Equatable, Sendable {
    public private(set) var met = 0
    public private(set) var breached = 0
    public private(set) var cancelled = 0
    public private(set) var running = 0
    private var elapsed: [Double] = []

    public init() {}

    /// - Parameter elapsedSeconds: from arming to the end, in the timer's own time.
    public mutating func add(_ standing: TimerStanding, elapsedSeconds: Double) {
        switch standing {
        case .met:
            met += 1
            elapsed.append(elapsedSeconds)
        case .breached: breached += 1
        case .cancelled: cancelled += 1
        case .armed, .warned: running += 1
        }
    }

    public var armed: Int { met + breached + cancelled + running }

    /// met / (met + breached); 0 when none has ended so.
    public var kept: Double { met + breached == 0 ? 0 : Double(met) / Double(met + breached) }

    /// Of the met, in seconds.
    public var summary: DurationSummary? { DurationSummary(elapsed) }
}
