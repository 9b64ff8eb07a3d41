/// Columns of text for a terminal: words to the left, numbers to the right.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: [String]) {
        self.header = header
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    var text: String {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        let isNumeric = header.indices.map { column in
            rows.allSatisfy { row in
                guard row.indices.contains(column), let first = row[column].first else { return true }
                return first.isNumber || first == "-"
            }
        }
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        return ([line(header, widths, isNumeric), rule] + rows.map { line($0, widths, isNumeric) }).joined(
            separator: "\n")
    }

    private func line(_ row: [String], _ widths: [Int], _ isNumeric: [Bool]) -> String {
        let cells = widths.indices.map { column in
            let text = row.indices.contains(column) ? row[column] : ""
            let blank = String(repeating: " ", count: max(0, widths[column] - text.count))
            return isNumeric[column] ? blank + text : text + blank
        }
        var joined = cells.joined(separator: "  ")
        while joined.hasSuffix(" ") { joined.removeLast() }
        return joined
    }
}

/// Numbers as people read them.
enum Format {
    static func percent(_ share: Double) -> String { "\(fixed(share * 100, 1)) %" }

    static func days(_ days: Double) -> String { "\(fixed(days, 2)) d" }

    /// With a fixed number of digits behind the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        let scale = [1.0, 10, 100, 1_000][min(digits, 3)]
        let scaled = (value * scale).rounded()
        guard digits > 0, scaled.magnitude < 1e15 else {
            return "\(scaled.magnitude < 1e15 ? Int64(scaled).description : "\(value)")"
        }
        let whole = Int64(scaled.magnitude)
        let fraction = String(whole % Int64(scale))
        let padded = String(repeating: "0", count: digits - fraction.count) + fraction
        return "\(scaled < 0 ? "-" : "")\(whole / Int64(scale)).\(padded)"
    }

    /// Such as `1h 20m`.
    static func seconds(_ seconds: Double) -> String {
        let minutes = Int64((seconds / 60).rounded())
        if minutes < 60 { return "\(minutes)m" }
        if minutes < 48 * 60 { return "\(minutes / 60)h \(minutes % 60)m" }
        return "\(minutes / 1_440)d \(minutes % 1_440 / 60)h"
    }
}
