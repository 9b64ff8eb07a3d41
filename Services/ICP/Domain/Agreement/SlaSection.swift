import Criteria

/// How fast a lead must be worked.
enum SlaSection {
    static let shape = PartShape(
        "How fast a lead must be worked.",
        [
            .optional("calendars", .parts(calendar, by: "id"), "Opening hours."),
            .optional("timers", .parts(timer, by: "id"), "Clocks on a handoff."),
        ])

    private static let calendar = PartShape(
        "Opening hours in a zone.",
        [
            .required("id", .text(.id), "Its name for timers."),
            .required("zone", .text(.zone), "IANA zone, such as Europe/Berlin."),
            .optional("hours", .parts(week), "Open intervals by weekday."),
            .optional(
                "holidays", .list(ListShape(of: .text(.day), isDistinct: true)), "Days without open time."),
            .optional("exceptions", .parts(exception, by: "date"), "Days with other hours than usual."),
        ])

    private static let week = PartShape(
        "Open intervals of some weekdays.",
        [
            .required("days", .list(ListShape(of: .words(Weekday.self), isDistinct: true, least: 1)), "Weekdays."),
            .required(
                "intervals", .list(ListShape(of: .text(.hours), least: 1)),
                "Such as 09:00-12:30; 22:00-06:00 runs past midnight; 00:00-24:00 is the whole day."),
        ])

    private static let exception = PartShape(
        "A day with other hours than usual.",
        [
            .required("date", .text(.day), "Such as 2026-12-24."),
            .optional("intervals", .list(ListShape(of: .text(.hours))), "As of weekdays; none means closed."),
        ])

    private static let timer = PartShape(
        "One clock on a handoff.",
        rules: [.only("calendar", with: "time", being: TimerTime.working.rawValue, required: true)],
        [
            .required("id", .text(.id), "Such as accept, first_touch or decide."),
            .standard("starts_on", .words(TimerStart.self), .text("assigned"), "The handoff event that starts it."),
            .required(
                "stops_on", .list(ListShape(of: .words(TimerStop.self), isDistinct: true, least: 1)),
                "The handoff events that meet it."),
            .required("duration", .text(.duration), "Such as 4h; a day is 24 hours of the timer's time."),
            .standard("time", .words(TimerTime.self), .text("working"), "Open time of the calendar, or every hour."),
            .optional("calendar", .text(.id), "Whose open time counts, where time is working."),
            .optional("when", .criteria(.lead), "Which leads; absent means all."),
            .optional(
                "checkpoints", .list(ListShape(of: .number(1...99))),
                "Percent of the duration at which a warning is due, rising, such as 50 and 80."),
            .optional(
                "on_breach", .list(ListShape(of: .words(BreachAction.self), isDistinct: true)),
                "What is due when it breaches."),
        ])
}

enum Weekday: String, CaseIterable {
    case mon, tue, wed, thu, fri, sat, sun
}

enum TimerStart: String, CaseIterable {
    case assigned, accepted, touched
}

enum TimerStop: String, CaseIterable {
    case accepted, rejected, touched, qualified, closed
}

enum TimerTime: String, CaseIterable {
    case working, wall
}

enum BreachAction: String, CaseIterable {
    case notifyRep = "notify_rep"
    case notifyManager = "notify_manager"
    case reassign
    case returnToPool = "return_to_pool"
    case flag
}
