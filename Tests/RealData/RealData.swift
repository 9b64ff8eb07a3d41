import Foundation
import Testing

/// Where the real data is; tests that need it skip, and say so, where the variable is not set.
enum RealData {
    static let folder = ProcessInfo.processInfo.environment["ACCORD_REAL_DATA"]
    static let comment: Comment = "ACCORD_REAL_DATA is not set: name the folder of the real data to run this"

    static func path(_ name: String) throws -> String {
        "\(try #require(folder))/\(name)"
    }

    /// The plans beside this file.
    static func plan(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("\(name)/replay.yaml").path
    }

    /// Whether two figures are the same to six significant digits.
    static func agrees(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= abs(expected) * 5e-6
    }
}
