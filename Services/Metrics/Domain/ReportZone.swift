public import Kernel

#if canImport(FoundationInternationalization)
    import FoundationEssentials
    import FoundationInternationalization
#else
    import Foundation
#endif

/// The zone in whose days a company reads its reports.
public struct ReportZone: Hashable, Sendable {
    public static let utc = ReportZone(name: "UTC", calendar: calendar(of: .gmt))

    /// IANA.
    public let name: String
    private let calendar: Calendar

    /// - Returns: nil where there is no such zone.
    public init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.init(name: name, calendar: Self.calendar(of: zone))
    }

    private init(name: String, calendar: Calendar) {
        self.name = name
        self.calendar = calendar
    }

    private static func calendar(of zone: TimeZone) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return calendar
    }

    /// The first moment of a day: midnight, or where the clocks skip it, the moment after.
    public func start(of day: CivilDate) -> Instant {
        // Noon in UTC is that day somewhere in its zone, but for zones beyond +12 and -12: then a day off.
        let noon = Date(timeIntervalSince1970: Double(day.daysSince1970 * 86_400 + 43_200))
        let shift = day.daysSince1970 - self.day(of: noon).daysSince1970
        let start = calendar.startOfDay(for: noon.addingTimeInterval(Double(shift * 86_400)))
        return Instant(seconds: Int64(start.timeIntervalSince1970.rounded()))
    }

    /// The day that it is at a moment.
    public func day(of moment: Instant) -> CivilDate {
        day(of: Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000))
    }

    private func day(of date: Date) -> CivilDate {
        let local = date.timeIntervalSince1970 + Double(calendar.timeZone.secondsFromGMT(for: date))
        return CivilDate(daysSince1970: Int64((local / 86_400).rounded(.down)))
    }
}
