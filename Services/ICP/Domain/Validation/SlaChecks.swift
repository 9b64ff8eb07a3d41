import Criteria
import Kernel

extension AgreementChecks {
    func checkCalendars() {
        let sla = root.part("sla")
        let used = Set(sla.parts("timers").map { $0.text("calendar") })
        for calendar in sla.parts("calendars") {
            if !faults.concerns(calendar.place("hours")) {
                refuseOverlaps(calendar)
                if calendar.parts("hours").isEmpty {
                    faults.add(
                        .unreachable, calendar.path, found: "no open hours",
                        expected: "at least one day with an open interval")
                }
            }
            refuseOverlapsOfExceptions(calendar)
            warnOfHolidays(calendar)
            if !calendar.text("id").isEmpty, !used.contains(calendar.text("id")) {
                faults.warn(
                    .unused, calendar.place("id"), found: calendar.text("id"),
                    expected: "a timer that names it, or no such calendar")
            }
        }
    }

    private struct Stretch {
        var from: Int
        var end: Int
        var order: Int
        var path: String
        var interval: DayInterval
    }

    private func refuseOverlaps(_ calendar: Part) {
        let week = Weekday.allCases.count * 1_440
        var stretches: [Stretch] = []
        for part in calendar.parts("hours") {
            let days = part.texts("days").compactMap { Weekday(rawValue: $0) }
            for (index, interval) in part.texts("intervals").compactMap(DayInterval.init).enumerated() {
                for day in days {
                    let midnight = (Weekday.allCases.firstIndex(of: day) ?? 0) * 1_440
                    let stretch = Stretch(
                        from: midnight + interval.from, end: midnight + interval.end, order: stretches.count,
                        path: "\(part.place("intervals"))[\(index)]", interval: interval)
                    stretches.append(stretch)
                    // Sunday's night is Monday's morning.
                    guard stretch.end > week else { continue }
                    var wrapped = stretch
                    (wrapped.from, wrapped.end) = (stretch.from - week, stretch.end - week)
                    stretches.append(wrapped)
                }
            }
        }
        refuse(stretches)
    }

    private func refuseOverlapsOfExceptions(_ calendar: Part) {
        for exception in calendar.parts("exceptions") where !faults.concerns(exception.path) {
            let intervals = exception.texts("intervals").compactMap(DayInterval.init).enumerated()
            refuse(
                intervals.map { index, interval in
                    Stretch(
                        from: interval.from, end: interval.end, order: index,
                        path: "\(exception.place("intervals"))[\(index)]", interval: interval)
                })
        }
    }

    /// Of two that overlap, the one that comes later in the document is at fault.
    private func refuse(_ stretches: [Stretch]) {
        let sorted = stretches.sorted { ($0.from, $0.order) < ($1.from, $1.order) }
        var refused: Set<String> = []
        var open: Stretch?
        for stretch in sorted {
            if let other = open, stretch.from < other.end {
                let (earlier, later) = other.order < stretch.order ? (other, stretch) : (stretch, other)
                if earlier.path != later.path, refused.insert(later.path).inserted {
                    faults.add(
                        .conflict, later.path, found: later.interval.text,
                        expected: "hours that do not overlap \(earlier.interval.text)")
                }
            }
            if stretch.end > open?.end ?? .min { open = stretch }
        }
    }

    private func warnOfHolidays(_ calendar: Part) {
        let holidays = Set(calendar.texts("holidays"))
        for exception in calendar.parts("exceptions") where holidays.contains(exception.text("date")) {
            faults.warn(
                .doubtful, exception.place("date"), found: "\(exception.text("date")), a holiday too",
                expected: "one of both; as it is, the exception holds")
        }
    }

    // MARK: - Timers

    func checkTimers() {
        let sla = root.part("sla")
        let calendars = sla.parts("calendars").map { $0.text("id") }
        for timer in sla.parts("timers") {
            let calendar = timer.text("calendar")
            if !calendar.isEmpty, !calendars.contains(calendar) {
                faults.add(
                    .unknown, timer.place("calendar"), found: calendar,
                    expected: calendars.isEmpty
                        ? "a calendar, but none is defined" : "one of \(calendars.joined(separator: ", "))",
                    suggestion: NearestName.of(calendar, in: calendars))
            }
            let checkpoints = timer.numbers("checkpoints")
            if zip(checkpoints, checkpoints.dropFirst()).contains(where: { $0 >= $1 }) {
                faults.add(
                    .conflict, timer.place("checkpoints"), found: Tree.numbers(checkpoints).summary,
                    expected: "rising percentages")
            }
            if timer.texts("stops_on").contains(timer.text("starts_on")) {
                faults.add(
                    .conflict, timer.place("stops_on"), found: timer.text("starts_on"),
                    expected: "not what starts the timer, which would end before it began")
            }
        }
        warnOfHaste(sla.parts("timers").filter { !$0.has("when") })
    }

    /// Two timers of all leads that start together: what comes later must not be due earlier.
    private func warnOfHaste(_ timers: [Part]) {
        for timer in timers.prefix(100) {
            let rival = timers.prefix(100).first { other in
                guard ["starts_on", "time", "calendar"].allSatisfy({ timer.text($0) == other.text($0) }),
                    let step = Self.step(timer), let earlier = Self.step(other), let span = timer.span("duration"),
                    let longer = other.span("duration")
                else { return false }
                return earlier < step && longer > span
            }
            guard let rival else { continue }
            faults.warn(
                .doubtful, timer.place("duration"), found: timer.text("duration"),
                expected: "at least \(rival.text("duration")), the time of \(rival.text("id")), which comes before it")
        }
    }

    /// How far a handoff has come when it meets a timer.
    private static func step(_ timer: Part) -> Int? {
        let way = [TimerStop.accepted, .touched, .qualified].map(\.rawValue)
        return timer.texts("stops_on").compactMap { way.firstIndex(of: $0) }.min()
    }
}
