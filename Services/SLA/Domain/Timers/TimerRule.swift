public import Criteria
public import Kernel

/// What happens to a handoff that a timer can start or stop on.
public enum HandoffStep: String, Sendable, CaseIterable {
    case assigned, accepted, rejected, touched, qualified
    /// The handoff is over and no other rep gets it.
    case closed
}

/// The time that a timer runs in.
public enum TimerTime: Sendable {
    /// Every second counts.
    case wall
    /// Open time of a calendar counts.
    case working(BusinessCalendar)

    public func deadline(from start: Instant, _ span: TimeSpan) throws(CalendarError) -> Instant {
        switch self {
        case .wall: start.adding(span)
        case .working(let calendar): try calendar.deadline(from: start, span)
        }
    }

    public func elapsed(from start: Instant, to end: Instant) throws(CalendarError) -> TimeSpan {
        switch self {
        case .wall: TimeSpan(microseconds: end.microseconds - start.microseconds)
        case .working(let calendar): try calendar.elapsed(from: start, to: end)
        }
    }

    /// Empty for wall time.
    public var calendarID: String {
        switch self {
        case .wall: ""
        case .working(let calendar): calendar.id
        }
    }
}

/// One promise of an agreement: how fast what has to be done, for which leads.
public struct TimerRule: Sendable {
    /// Such as `accept`.
    public let id: String
    public let startsOn: HandoffStep
    public let stopsOn: Set<HandoffStep>
    /// A day of it is 24 hours of the timer's time: three working days of eight hours, where it is working time.
    public let duration: TimeSpan
    public let time: TimerTime
    /// Which leads it is for; nil means all. Only where they hold: unknown is not enough.
    public let criteria: CompiledCriteria?
    /// Percent of the duration, ascending.
    public let checkpoints: [Double]
    /// Told with the breach, for those who act on it.
    public let onBreach: [String]

    public init(
        id: String, startsOn: HandoffStep, stopsOn: Set<HandoffStep>, duration: TimeSpan, time: TimerTime,
        criteria: CompiledCriteria? = nil, checkpoints: [Double] = [], onBreach: [String] = []
    ) {
        self.id = id
        self.startsOn = startsOn
        self.stopsOn = stopsOn
        self.duration = duration
        self.time = time
        self.criteria = criteria
        self.checkpoints = Set(checkpoints).sorted()
        self.onBreach = onBreach
    }

    func deadline(from start: Instant) throws(CalendarError) -> Instant {
        try time.deadline(from: start, duration)
    }

    /// The instant of the checkpoint with an index; the deadline behind the last.
    func firing(_ index: Int, armedAt: Instant, dueAt: Instant) throws(CalendarError) -> Instant {
        guard index < checkpoints.count else { return dueAt }
        let part = (Double(duration.microseconds) * checkpoints[index] / 100).rounded()
        return min(dueAt, try time.deadline(from: armedAt, TimeSpan(microseconds: Int64(part))))
    }
}

/// What the SLA service needs of one version of the agreement.
public struct SLATerms: Sendable {
    public let version: Int64
    public let calendars: [String: BusinessCalendar]
    /// In the agreement's order.
    public let rules: [TimerRule]
    /// What the criteria of the rules are bound to.
    public let catalogue: FieldCatalogue

    public init(version: Int64, calendars: [BusinessCalendar], rules: [TimerRule], catalogue: FieldCatalogue) {
        self.version = version
        self.calendars = Dictionary(calendars.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.rules = rules
        self.catalogue = catalogue
    }

    public func rule(_ id: String) -> TimerRule? {
        rules.first { $0.id == id }
    }
}
