public import Kernel
import Synchronization

/// Working time: which moments are open, how long until a deadline, how much open time has passed.
///
/// A moment is open when the wall clock of the zone shows an open minute, so DST needs no rule: a skipped hour is
/// never shown, and an hour that occurs twice is shown twice. Further semantics:
/// - An interval belongs to the day on which it begins: Friday's `22:00-06:00` ends on Saturday.
/// - Intervals that overlap, of one day or of two, count once.
/// - A holiday has no open minute: what began the evening before ends at its midnight, and what would begin on it
///   does not, with its part on the next day.
/// - An exception replaces the hours that begin on its date, none meaning closed; what began the evening before runs
///   to its end. On a date that is both, the exception holds.
///
/// Open intervals are laid out a year at a time when they are first needed; after that, every answer is a binary
/// search.
public final class BusinessCalendar: Sendable {
    /// A deadline farther away than this is an error: the calendar hardly ever opens, or the duration is a mistake.
    public static let horizonYears = 50

    public let id: String
    private let zone: CivilZone
    private let plan: OpenHoursPlan
    private let years = Mutex<[Int: OpenYear]>([:])

    /// - Throws: ``CalendarFaults`` with every fault of the definition, one without any open time among them.
    public init(_ definition: CalendarDefinition) throws(CalendarFaults) {
        var faults: [CalendarFault] = []
        let plan = OpenHoursPlan(definition, faults: &faults)
        let zone = CivilZone.named(definition.zone)
        if zone == nil {
            faults.insert(
                CalendarFault(
                    path: "zone", found: definition.zone, expected: "an IANA time zone such as Europe/Berlin"),
                at: 0)
        }
        guard let zone, faults.isEmpty else { throw CalendarFaults(faults: faults) }
        id = definition.id
        self.zone = zone
        self.plan = plan
    }

    /// The IANA name of the zone.
    public var zoneName: String { zone.name }

    /// When so much open time has passed since a moment: the earliest such instant, so a deadline that lands exactly
    /// on closing time is at closing time.
    ///
    /// Without any span it is the start, where that is open, and the next opening where it is not.
    public func deadline(from start: Instant, _ span: TimeSpan) throws(CalendarError) -> Instant {
        guard span.microseconds >= 0 else { throw .negativeDuration(span) }
        let first = try year(of: start)
        let horizon = start.microseconds + Int64(Self.horizonYears) * 31_557_600_000_000
        var wanted = span.microseconds + open(first).open(before: start.microseconds)
        for year in first...min(first + Self.horizonYears + 1, CivilYear.supported.upperBound) {
            let open = open(year)
            let found =
                span.microseconds == 0 ? open.opening(from: start.microseconds) : open.moment(after: wanted)
            if let found {
                guard found <= horizon else { break }
                return Instant(microseconds: found)
            }
            wanted -= open.total
        }
        throw .beyondHorizon(start, span)
    }

    /// Open time between two moments; negative, and as much, where `end` is before `start`.
    public func elapsed(from start: Instant, to end: Instant) throws(CalendarError) -> TimeSpan {
        guard start <= end else { return TimeSpan(microseconds: -(try elapsed(from: end, to: start)).microseconds) }
        let first = try year(of: start)
        let last = try year(of: end)
        var sum = open(last).open(before: end.microseconds) - open(first).open(before: start.microseconds)
        for year in first..<last { sum += open(year).total }
        return TimeSpan(microseconds: sum)
    }

    public func isOpen(at moment: Instant) throws(CalendarError) -> Bool {
        open(try year(of: moment)).opening(from: moment.microseconds) == moment.microseconds
    }

    private func year(of moment: Instant) throws(CalendarError) -> Int {
        let year = Int(CivilDate(daysSince1970: moment.day).year)
        guard CivilYear.supported.contains(year) else { throw .outOfRange(moment) }
        return year
    }

    private func open(_ year: Int) -> OpenYear {
        years.withLock { years in
            if let known = years[year] { return known }
            let made = OpenYear(plan, zone: zone, year: year)
            years[year] = made
            return made
        }
    }
}

/// Why a calendar has no answer.
public enum CalendarError: Error, Hashable, Sendable, CustomStringConvertible {
    case negativeDuration(TimeSpan)
    /// Outside the years that calendars answer for.
    case outOfRange(Instant)
    case beyondHorizon(Instant, TimeSpan)

    public var description: String {
        switch self {
        case .negativeDuration: "a duration below zero"
        case .outOfRange(let moment):
            "\(moment.text) is outside the years \(CivilYear.supported.lowerBound) to \(CivilYear.supported.upperBound)"
        case .beyondHorizon(let start, let span):
            "\(span.text) of open time from \(start.text) on ends more than \(BusinessCalendar.horizonYears) years "
                + "later, or after the year \(CivilYear.supported.upperBound)"
        }
    }
}

extension Instant {
    /// Days of UTC since 1970, rounded down.
    fileprivate var day: Int64 {
        let seconds = seconds
        return seconds >= 0 ? seconds / 86_400 : -((-seconds + 86_399) / 86_400)
    }
}
