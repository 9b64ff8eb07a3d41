import Contracts
import Kernel
import RPC

/// Reads the parts of a request and collects their faults.
struct QuestionReader {
    private(set) var faults: [WireFieldViolation] = []

    mutating func fault(_ path: String, _ found: String, _ expected: String) {
        faults.append(WireFieldViolation(path, found: found, expected: expected))
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, _ path: String, default absent: Choice
    ) -> Choice where Choice.RawValue == String {
        if text.isEmpty { return absent }
        guard let choice = Choice(rawValue: text) else {
            fault(path, String(text.prefix(80)), "one of \(Choice.allCases.map(\.rawValue).joined(separator: " "))")
            return absent
        }
        return choice
    }

    mutating func span(_ text: String, _ path: String, default absent: TimeSpan) -> TimeSpan {
        if text.isEmpty { return absent }
        guard let span = TimeSpan(text: text), span.microseconds > 0, span <= .days(3_650) else {
            fault(path, String(text.prefix(80)), "a duration such as 90d, at most 3650d")
            return absent
        }
        return span
    }

    /// All time where there is none.
    mutating func period(_ period: WirePeriod) -> (from: Instant, to: Instant) {
        let from = period.hasFrom ? Instant(period.from) : .distantPast
        let to = period.hasTo ? Instant(period.to) : .distantFuture
        if from >= to { fault("period.to", to.text, "a moment after period.from") }
        return (from, to)
    }

    /// Of leads to name.
    mutating func count(_ leads: Int, _ path: String) -> Int {
        if !(0...1_000).contains(leads) { fault(path, "\(leads)", "0 to 1000") }
        return leads
    }
}
