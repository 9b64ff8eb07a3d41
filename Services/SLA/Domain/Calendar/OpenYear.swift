/// The open intervals of one year of UTC with prefix sums, in microseconds.
struct OpenYear: Sendable {
    private let starts: [Int64]
    private let ends: [Int64]
    /// Open time of the year before each interval.
    private let before: [Int64]
    let total: Int64

    /// Takes the hours of each day by the wall clock, and lays them over the zone's spans of equal offset. So a
    /// skipped hour holds no open time, and an hour that occurs twice holds it twice.
    init(_ plan: OpenHoursPlan, zone: CivilZone, year: Int) {
        var starts: [Int64] = []
        var ends: [Int64] = []
        let local = Self.localIntervals(plan, year: year)
        for span in zone.spans(of: year) {
            for interval in local {
                let start = max(interval.start - span.offset, span.start)
                let end = min(interval.end - span.offset, span.end)
                guard start < end else { continue }
                if ends.last == start * 1_000_000 {
                    ends[ends.count - 1] = end * 1_000_000
                } else {
                    starts.append(start * 1_000_000)
                    ends.append(end * 1_000_000)
                }
            }
        }
        var before: [Int64] = []
        before.reserveCapacity(starts.count)
        var total: Int64 = 0
        for index in starts.indices {
            before.append(total)
            total += ends[index] - starts[index]
        }
        self.starts = starts
        self.ends = ends
        self.before = before
        self.total = total
    }

    /// Open seconds by the wall clock, sorted and disjoint; a day or two more than the year on both sides, since
    /// zones are up to 14 hours off and hours may run past midnight.
    private static func localIntervals(_ plan: OpenHoursPlan, year: Int) -> [(start: Int64, end: Int64)] {
        let first = CivilYear.start(of: year) / 86_400 - 2
        let last = CivilYear.start(of: year + 1) / 86_400 + 1
        var intervals: [(start: Int64, end: Int64)] = []
        for day in first...last {
            for interval in plan.hours(of: day).intervals {
                let start = day * 86_400 + interval.start * 60
                let end = day * 86_400 + interval.end * 60
                if let open = intervals.last, start <= open.end {
                    intervals[intervals.count - 1].end = max(open.end, end)
                } else {
                    intervals.append((start, end))
                }
            }
        }
        return intervals
    }

    /// Open time of the year before a moment of it.
    func open(before moment: Int64) -> Int64 {
        let next = Self.firstIndex(in: starts) { $0 > moment }
        guard next > 0 else { return 0 }
        return before[next - 1] + min(moment, ends[next - 1]) - starts[next - 1]
    }

    /// The earliest moment with so much open time of the year before it; nil where the year has less.
    func moment(after open: Int64) -> Int64? {
        guard open > 0, open <= total else { return nil }
        let next = Self.firstIndex(in: before) { $0 >= open }
        return starts[next - 1] + open - before[next - 1]
    }

    /// The first open moment at or behind a moment; nil where the year has none.
    func opening(from moment: Int64) -> Int64? {
        let index = Self.firstIndex(in: ends) { $0 > moment }
        return index < starts.count ? max(moment, starts[index]) : nil
    }

    private static func firstIndex(in values: [Int64], where holds: (Int64) -> Bool) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if holds(values[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
