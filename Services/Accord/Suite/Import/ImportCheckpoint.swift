import Crypto
public import Foundation

/// How far an import came, and what was refused on the way.
struct ImportProgress: Sendable, Codable, Hashable {
    /// Records that were acknowledged, refused ones among them.
    var done: Int
    var refusals: [ImportOutcome.Refusal]

    init(done: Int = 0, refusals: [ImportOutcome.Refusal] = []) {
        self.done = done
        self.refusals = refusals
    }
}

/// How far an import came, kept in a file so that a later run goes on there: a line of JSON for each batch.
public struct ImportCheckpoint: Sendable {
    private let url: URL

    /// - Parameter target: where the records go: another target begins at the start.
    public init(job: String, target: String) {
        let state = ProcessInfo.processInfo.environment["XDG_STATE_HOME"].map { URL(fileURLWithPath: $0) }
        let base = state ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/state")
        let name = SHA256.hash(data: Data("\(job)\n\(target)".utf8)).prefix(16)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        self.init(url: base.appendingPathComponent("accord/imports/\(name)"))
    }

    public init(url: URL) {
        self.url = url
    }

    /// What earlier runs sent; nothing where nothing is known. What a line tells that was not written whole is sent
    /// again.
    var progress: ImportProgress {
        var progress = ImportProgress()
        for line in (try? Data(contentsOf: url))?.split(separator: UInt8(ascii: "\n")) ?? [] {
            guard let batch = try? JSONDecoder().decode(ImportProgress.self, from: line) else { break }
            progress.done = batch.done
            progress.refusals += batch.refusals
        }
        return progress
    }

    /// Forgets it: the file has been sent whole, and sending it again would show that nothing changes.
    func clear() {
        try? FileManager.default.removeItem(at: url)
    }

    /// Begins a run behind what earlier ones sent.
    func begin(after earlier: ImportProgress) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Self.line(earlier).write(to: url, options: .atomic)
    }

    /// - Parameter batch: how far the run came with it, and what of it was refused.
    func add(_ batch: ImportProgress) throws {
        let file = try FileHandle(forWritingTo: url)
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Self.line(batch))
    }

    private static func line(_ progress: ImportProgress) throws -> Data {
        try JSONEncoder().encode(progress) + [UInt8(ascii: "\n")]
    }
}
