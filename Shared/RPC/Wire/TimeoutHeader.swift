/// The `Connect-Timeout-Ms` header: at most ten digits.
enum TimeoutHeader {
    /// - Throws: ``RPCError`` with `invalid_argument` for anything but one to ten digits.
    static func parse(_ text: String) throws -> Duration {
        let digits = text.utf8
        guard (1...10).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }), let value = Int64(text)
        else {
            throw RPCError(.invalidArgument, "Connect-Timeout-Ms: found \"\(text)\", expected at most 10 digits")
        }
        return .milliseconds(value)
    }

    /// Rounded up to a whole millisecond; nil where nothing is left.
    static func format(_ left: Duration) -> String? {
        let (seconds, attoseconds) = left.components
        guard seconds > 0 || attoseconds > 0 else { return nil }
        let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
        guard !milliseconds.overflow, milliseconds.partialValue < 9_999_999_000 else { return "9999999999" }
        return String(milliseconds.partialValue + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
