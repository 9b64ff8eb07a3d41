public import Contracts
import Foundation
import SwiftProtobuf

/// A target list as a CSV file: `account_id`, `marketing_owner`, `sales_owner`, and `note` if there is one.
public enum TargetFile {
    private static let required = ["account_id", "marketing_owner", "sales_owner"]

    /// - Throws: ``ImportFaults`` with every fault of the file's form.
    public static func targets(in file: String) throws -> [WireTargetAccount] {
        let table = try Table(file: file, text: String(contentsOfFile: file, encoding: .utf8))
        let faults = required.filter { table.position(of: $0) == nil }.map {
            ImportFault(
                file: file, line: 1, path: "heading", found: table.header.joined(separator: ","),
                expected: "a column \($0)")
        }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        return table.rows.map { row in
            func value(_ column: String) -> String {
                table.position(of: column).map { row.values[$0].trimmingCharacters(in: .whitespaces) } ?? ""
            }
            return .with {
                $0.accountID = value("account_id")
                $0.marketingOwner = value("marketing_owner")
                $0.salesOwner = value("sales_owner")
                $0.note = value("note")
            }
        }
    }
}
