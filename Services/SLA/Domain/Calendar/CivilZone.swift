import Synchronization

#if canImport(FoundationInternationalization)
    import FoundationEssentials
    import FoundationInternationalization
#else
    import Foundation
#endif

/// The offsets of an IANA zone: the one place where Foundation is asked.
///
/// Its data come with Foundation's ICU, so that a container needs no tzdata.
final class CivilZone: Sendable {
    /// A span of UTC with one offset; local seconds are UTC seconds + `offset`.
    struct Span: Sendable, Equatable {
        /// UTC seconds since 1970.
        var start: Int64
        /// Not inside.
        var end: Int64
        var offset: Int64
    }

    private static let zones = Mutex<[String: CivilZone]>([:])
    /// IANA zones without a slash; Foundation also knows `PST` or `GMT+5`, which are none.
    private static let plainNames: Set<String> = [
        "UTC", "GMT", "CET", "EET", "MET", "WET", "EST", "HST", "MST", "CST6CDT", "EST5EDT", "MST7MDT", "PST8PDT",
    ]

    let name: String
    private let zone: TimeZone
    private let years = Mutex<[Int: [Span]]>([:])

    private init(name: String, zone: TimeZone) {
        self.name = name
        self.zone = zone
    }

    /// - Returns: nil where there is no such IANA zone.
    static func named(_ name: String) -> CivilZone? {
        if let known = zones.withLock({ $0[name] }) { return known }
        guard name.contains("/") || plainNames.contains(name), let zone = TimeZone(identifier: name) else { return nil }
        return zones.withLock { zones in
            let made = zones[name] ?? CivilZone(name: name, zone: zone)
            zones[name] = made
            return made
        }
    }

    /// The spans of equal offset that make up one year of UTC, in order, each cut to the year.
    func spans(of year: Int) -> [Span] {
        if let known = years.withLock({ $0[year] }) { return known }
        let found = findSpans(from: CivilYear.start(of: year), to: CivilYear.start(of: year + 1))
        years.withLock { $0[year] = found }
        return found
    }

    /// Looks once a day and narrows every change down to its second.
    private func findSpans(from start: Int64, to end: Int64) -> [Span] {
        var spans: [Span] = []
        var open = Span(start: start, end: end, offset: offset(at: start))
        for day in stride(from: start + 86_400, through: end, by: 86_400) {
            let offset = offset(at: day - 1)
            guard offset != open.offset else { continue }
            let change = firstSecond(of: offset, after: day - 86_400 - 1, before: day - 1)
            spans.append(Span(start: open.start, end: change, offset: open.offset))
            open = Span(start: change, end: end, offset: offset)
        }
        return spans + [open]
    }

    private func firstSecond(of offset: Int64, after low: Int64, before high: Int64) -> Int64 {
        var low = low
        var high = high
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.offset(at: middle) == offset { high = middle } else { low = middle }
        }
        return high
    }

    private func offset(at second: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
    }
}

/// Years of UTC.
enum CivilYear {
    /// The years that calendars answer for.
    static let supported = 1_900...2_199

    /// UTC seconds since 1970 at which a year begins (Gregorian).
    static func start(of year: Int) -> Int64 {
        let before = Int64(year - 1)
        return (365 * before + before / 4 - before / 100 + before / 400 - 719_162) * 86_400
    }
}
