import Foundation
import SwiftCSV

/// A CSV file with a heading, and the line on which each row begins.
struct Table: Sendable {
    struct Row: Sendable {
        /// 1-based; the heading is line 1.
        var line: Int
        var values: [String]
    }

    let file: String
    let header: [String]
    let rows: [Row]
    private let index: [String: Int]

    /// - Throws: ``ImportFaults`` where the text is no CSV, has no heading, names a column twice, or has rows of
    ///   another width.
    init(file: String, text: String) throws {
        let parsed: EnumeratedCSV
        var parsedRows: [[String]] = []
        do {
            // The view of the library pads short rows; its parser tells them as they are.
            parsed = try EnumeratedCSV(
                string: text.replacingOccurrences(of: "\r\n", with: "\n"), delimiter: .comma, loadColumns: false,
                rowLimit: 0)
            try parsed.enumerateAsArray(startAt: 1, rowLimit: nil) { parsedRows.append($0) }
        } catch {
            throw ImportFaults([
                ImportFault(file: file, line: 0, path: "", found: "\(error)", expected: "a CSV file in UTF-8")
            ])
        }
        self.file = file
        header = parsed.header
        index = Dictionary(header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var line = 2
        var rows: [Row] = []
        var faults: [ImportFault] = []
        if index.count != header.count || header.isEmpty {
            faults.append(
                ImportFault(
                    file: file, line: 1, path: "heading", found: header.joined(separator: ","),
                    expected: "names, each once"))
        }
        for values in parsedRows {
            if values.count == header.count {
                rows.append(Row(line: line, values: values))
            } else if values != [""] {
                faults.append(
                    ImportFault(
                        file: file, line: line, path: "row", found: "\(values.count) columns",
                        expected: "\(header.count) columns"))
            }
            line += 1 + values.reduce(0) { $0 + $1.count { $0 == "\n" } }
        }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        self.rows = rows
    }

    func position(of column: String) -> Int? { index[column] }
}
