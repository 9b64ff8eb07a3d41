public import Criteria
public import Kernel

/// How fast a lead must be worked.
public struct SlaSection: Hashable, Sendable {
    public var calendars: [OpeningHours] = []
    public var timers: [TimerRule] = []

    static let known = ["calendars", "timers"]

    init() {}

    init(_ reader: SectionReader) {
        calendars = reader.parts("calendars", known: OpeningHours.known, unique: "id").map(OpeningHours.init)
        timers = reader.parts("timers", known: TimerRule.known, unique: "id").map(TimerRule.init)
    }

    var tree: Tree {
        .fields([("calendars", .list(calendars.map(\.tree))), ("timers", .list(timers.map(\.tree)))])
    }
}

/// One clock on a handoff.
public struct TimerRule: Hashable, Sendable {
    public enum Start: String, Sendable, CaseIterable {
        case assigned, accepted, touched
    }

    public enum Stop: String, Sendable, CaseIterable {
        case accepted, rejected, touched, qualified, closed
    }

    public enum Time: String, Sendable, CaseIterable {
        case working, wall
    }

    public enum Action: String, Sendable, CaseIterable {
        case notifyRep = "notify_rep"
        case notifyManager = "notify_manager"
        case reassign
        case returnToPool = "return_to_pool"
        case flag
    }

    public var id: String
    /// Default `assigned`.
    public var startsOn: Start
    public var stopsOn: [Stop]
    public var duration: TimeSpan?
    /// Default `working`.
    public var time: Time
    /// Of working time.
    public var calendar: String
    /// Which leads; nil means all.
    public var when: Criteria?
    /// Percent of the duration, rising.
    public var checkpoints: [Double]
    public var onBreach: [Action]

    static let known = [
        "id", "starts_on", "stops_on", "duration", "time", "calendar", "when", "checkpoints", "on_breach",
    ]

    init(_ reader: SectionReader) {
        id = reader.id()
        startsOn = reader.choice("starts_on", default: .assigned)
        stopsOn = reader.choices("stops_on")
        if !reader.has("stops_on") { reader.lacks("stops_on", expected: "what meets the timer") }
        duration = reader.span("duration", required: true)
        time = reader.choice("time", default: .working)
        calendar = reader.text("calendar", required: time == .working)
        when = reader.criteria("when", scope: .lead)
        checkpoints = reader.numbers("checkpoints", in: 1...99)
        if zip(checkpoints, checkpoints.dropFirst()).contains(where: { $0 >= $1 }) {
            reader.fault("checkpoints", found: Tree.numbers(checkpoints).summary, expected: "rising percentages")
        }
        onBreach = reader.choices("on_breach")
        if stopsOn.contains(where: { $0.rawValue == startsOn.rawValue }) {
            reader.fault("stops_on", found: startsOn.rawValue, expected: "not what starts the timer")
        }
    }

    var tree: Tree {
        .fields([
            ("id", .text(id)), ("starts_on", .text(startsOn.rawValue)), ("stops_on", .choices(stopsOn)),
            ("duration", .span(duration)), ("time", .text(time.rawValue)), ("calendar", .text(calendar)),
            ("when", when?.tree), ("checkpoints", .numbers(checkpoints)), ("on_breach", .choices(onBreach)),
        ])
    }
}
