/// Open minutes of one day, counted from its midnight by the wall clock; beyond 1,440 they lie on the next day.
struct DayHours: Sendable, Equatable {
    struct Interval: Sendable, Hashable {
        var start: Int64
        /// Not inside; at most a day behind the start.
        var end: Int64

        /// Reads `09:00-12:30`. An end that is not behind the start lies on the next day: `22:00-06:00`. `24:00` is
        /// the day's end: `00:00-24:00` is the whole day.
        ///
        /// - Returns: nil where the text is anything else, or where start and end are the same.
        init?(text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let start = Self.minute(parts[0]), let end = Self.minute(parts[1]),
                start < DayHours.minutes, start != end
            else { return nil }
            self.start = start
            self.end = end > start ? end : end + DayHours.minutes
        }

        private static func minute(_ text: Substring) -> Int64? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
                parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
                let hour = Int64(parts[0]), let minute = Int64(parts[1]), minute < 60
            else { return nil }
            let whole = hour * 60 + minute
            return whole <= DayHours.minutes ? whole : nil
        }
    }

    static let minutes: Int64 = 1_440
    static let closed = DayHours([])

    /// Sorted; what overlaps or touches is merged.
    let intervals: [Interval]

    init(_ intervals: [Interval]) {
        var merged: [Interval] = []
        for interval in intervals.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            if let last = merged.last, interval.start <= last.end {
                merged[merged.count - 1].end = max(last.end, interval.end)
            } else {
                merged.append(interval)
            }
        }
        self.intervals = merged
    }
}
