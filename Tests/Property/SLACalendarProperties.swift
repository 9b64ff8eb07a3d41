import Foundation
import Kernel
import Testing

@testable import SLADomain

/// Laws of working time on random calendars around changes of the clock. The seed is the test's argument.
@Suite struct SLACalendarProperties {
    @Test("Elapsed time up to a deadline is the duration, and later deadlines never come earlier", arguments: 0..<150)
    func inverse(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let calendar = try BusinessCalendar(RandomCalendar(&random).definition)
        var spans = (0..<20).map { _ in
            TimeSpan(microseconds: Int64.random(in: 0...(90 * 86_400_000_000), using: &random))
        }
        spans.append(TimeSpan(microseconds: 0))
        let start = RandomCalendar.moment(&random)
        var last: Instant?
        for span in spans.sorted() {
            guard let deadline = try? calendar.deadline(from: start, span) else { continue }
            #expect(try calendar.elapsed(from: start, to: deadline) == span, "seed \(seed), \(start.text), \(span)")
            #expect(try calendar.elapsed(from: deadline, to: start).microseconds == -span.microseconds)
            #expect(deadline >= max(start, last ?? start), "seed \(seed), \(start.text), \(span)")
            last = deadline
        }
    }

    @Test("A later start never has an earlier deadline", arguments: 0..<150)
    func monotoneInStart(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let calendar = try BusinessCalendar(RandomCalendar(&random).definition)
        let span = TimeSpan(seconds: Int64.random(in: 0...200_000, using: &random))
        let starts = (0..<20).map { _ in RandomCalendar.moment(&random) }.sorted()
        let deadlines = starts.compactMap { try? calendar.deadline(from: $0, span) }
        #expect(deadlines == deadlines.sorted(), "seed \(seed)")
    }

    @Test("Elapsed time adds up over any moment in between", arguments: 0..<150)
    func additive(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let calendar = try BusinessCalendar(RandomCalendar(&random).definition)
        for _ in 0..<20 {
            let (a, b, c) = (
                RandomCalendar.moment(&random), RandomCalendar.moment(&random), RandomCalendar.moment(&random)
            )
            let parts =
                try calendar.elapsed(from: a, to: b).microseconds + calendar.elapsed(from: b, to: c).microseconds
            #expect(try calendar.elapsed(from: a, to: c).microseconds == parts, "seed \(seed)")
        }
    }

    /// Asks Foundation's calendar what the wall clock shows, a minute at a time.
    @Test("A clock that is read every minute agrees", arguments: 0..<60)
    func minuteByMinute(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let made = RandomCalendar(&random)
        let calendar = try BusinessCalendar(made.definition)
        let start = RandomCalendar.moment(&random).seconds / 60
        let minutes = Int64.random(in: 1_500...4_000, using: &random)
        let open = try made.openMinutes(from: start, count: minutes)
        let count = Int64(open.count { $0 })
        let first = Instant(seconds: start * 60)
        #expect(
            try calendar.elapsed(from: first, to: Instant(seconds: (start + minutes) * 60)).microseconds
                == count * 60_000_000, "seed \(seed), \(made.definition)")
        guard count > 0 else { return }
        let wanted = Int64.random(in: 1...count, using: &random)
        var seen: Int64 = 0
        let index = try #require(
            open.firstIndex { isOpen in
                seen += isOpen ? 1 : 0
                return seen == wanted
            })
        #expect(
            try calendar.deadline(from: first, .minutes(wanted)) == Instant(seconds: (start + Int64(index) + 1) * 60),
            "seed \(seed), \(first.text), \(wanted) minutes, \(made.definition)")
    }
}

/// A calendar from a seed, with an implementation of its own that shares nothing with the real one.
private struct RandomCalendar {
    private static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "America/Havana",
        "Pacific/Auckland", "America/St_Johns", "Africa/Casablanca", "Pacific/Apia",
    ]
    private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    let definition: CalendarDefinition

    init(_ random: inout SeededRandom) {
        var hours: [CalendarDefinition.Hours] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            hours.append(
                .init(
                    days: Self.names.shuffled(using: &random).prefix(Int.random(in: 1...7, using: &random)).map(\.self),
                    intervals: (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.interval(&random) }))
        }
        let zone = Self.zones[Int.random(in: 0..<Self.zones.count, using: &random)]
        definition = CalendarDefinition(
            zone: zone, hours: hours, holidays: (0..<6).map { _ in Self.date(&random) },
            exceptions: (0..<4).map { _ in
                .init(date: Self.date(&random), intervals: Bool.random(using: &random) ? [Self.interval(&random)] : [])
            })
    }

    private static func interval(_ random: inout SeededRandom) -> String {
        let start = Int.random(in: 0..<1_440, using: &random)
        var end = Int.random(in: 0...1_440, using: &random)
        if end == start { end = (start + 1) % 1_440 }
        func text(_ minute: Int) -> String { String(format: "%02d:%02d", minute / 60, minute % 60) }
        return "\(text(start))-\(text(end))"
    }

    /// Days around changes of the clock in several zones.
    private static func day(_ random: inout SeededRandom) -> CivilDate {
        let anchors = [
            "2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-05", "2026-10-04", "2025-12-31",
        ].compactMap(CivilDate.init(text:))
        let anchor = anchors[Int.random(in: 0..<anchors.count, using: &random)]
        return anchor.adding(days: Int64.random(in: -2...2, using: &random))
    }

    private static func date(_ random: inout SeededRandom) -> String { day(&random).text }

    static func moment(_ random: inout SeededRandom) -> Instant {
        Instant(seconds: day(&random).daysSince1970 * 86_400 + Int64.random(in: 0..<86_400, using: &random))
    }

    /// For each minute of UTC, whether the wall clock shows an open one.
    func openMinutes(from minute: Int64, count: Int64) throws -> [Bool] {
        var calendar = Foundation.Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: definition.zone))
        return try (minute..<minute + count).map { minute in
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: Double(minute) * 60))
            let text = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            return isOpen(try #require(CivilDate(text: text)), (parts.hour ?? 0) * 60 + (parts.minute ?? 0))
        }
    }

    private func isOpen(_ date: CivilDate, _ minute: Int) -> Bool {
        let isException = definition.exceptions.contains { $0.date == date.text }
        if definition.holidays.contains(date.text), !isException { return false }
        return begins(on: date).contains { $0.0 <= minute && minute < $0.1 }
            || begins(on: date.adding(days: -1)).contains { $0.0 <= minute + 1_440 && minute + 1_440 < $0.1 }
    }

    private func begins(on date: CivilDate) -> [(Int, Int)] {
        let exceptions = definition.exceptions.filter { $0.date == date.text }
        if exceptions.isEmpty, definition.holidays.contains(date.text) { return [] }
        let texts =
            exceptions.isEmpty
            ? definition.hours.filter { $0.days.contains(Self.names[date.weekday - 1]) }.flatMap(\.intervals)
            : exceptions.flatMap(\.intervals)
        return texts.map { text in
            let numbers = text.split { $0 == ":" || $0 == "-" }.compactMap { Int($0) }
            let (start, end) = (numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3])
            return (start, end > start ? end : end + 1_440)
        }
    }
}
