/// Hours of a day, in minutes since midnight; one whose `to` is not after its `from` runs past midnight.
struct DayInterval: Hashable {
    /// 0 to 1439
    let from: Int
    /// 1 to 1440, or less than ``from``
    let to: Int

    /// Reads `09:00-12:30`; nil for anything else and for an interval without length.
    init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = Self.minutes(parts[0]), let to = Self.minutes(parts[1]), from < 1_440,
            from != to
        else { return nil }
        self.from = from
        self.to = to
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), minutes < 60,
            hours < 24 || (hours == 24 && minutes == 0)
        else { return nil }
        return hours * 60 + minutes
    }

    /// Minutes since the midnight it begins at, past 1,440 where it runs on.
    var end: Int { to > from ? to : to + 1_440 }

    var text: String {
        func clock(_ minutes: Int) -> String {
            let (hours, rest) = minutes.quotientAndRemainder(dividingBy: 60)
            return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
        }
        return "\(clock(from))-\(clock(to))"
    }
}
