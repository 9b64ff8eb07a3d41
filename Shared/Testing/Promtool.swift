import Foundation

/// Prometheus' own judge of an exposition.
public enum Promtool {
    private static let path = "/usr/bin/promtool"

    public static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }
    /// Said where tests are skipped without it.
    public static let absence = "promtool is not installed: run .ci/bootstrap metrics"

    public static func check(_ text: String) throws -> (status: Int32, output: String) {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: path)
        process.arguments = ["check", "metrics"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
}
