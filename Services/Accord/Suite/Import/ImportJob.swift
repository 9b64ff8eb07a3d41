import Contracts
import Crypto
import Foundation
import RPC
import SwiftProtobuf

/// What became of an import.
public struct ImportOutcome: Sendable, Codable {
    public var created = 0
    public var updated = 0
    public var unchanged = 0
    /// Rows that the mapping left out.
    public var skipped = 0
    /// Rows that an earlier run had sent.
    public var resumed = 0
    public var refusals: [Refusal] = []

    /// A row that a service refused, with its line.
    public struct Refusal: Sendable, Codable, Hashable, CustomStringConvertible {
        public var file: String
        public var line: Int
        public var id: String
        public var message: String

        public var description: String { "\(file):\(line): \(id): \(message)" }
    }
}

/// One CSV file on its way to a service.
public struct ImportJob: Sendable {
    /// Of the file, the mapping and the batch: the same job has the same.
    public let digest: String
    private let file: String
    private let batch: Int
    private let records: [(line: Int, record: ImportRecord)]
    private let skipped: Int

    /// - Throws: ``ImportFaults`` with every fault of the mapping or of every row: nothing is sent of a faulty file.
    public init(kind: ImportKind, file: String, mapping path: String, batch: Int) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let mappingText = try String(contentsOfFile: path, encoding: .utf8)
        let mapping = try MappingReader.read(mappingText, file: path)
        guard mapping.kind == kind else {
            throw ImportFaults([
                ImportFault(file: path, line: 1, path: "kind", found: mapping.kind.rawValue, expected: kind.rawValue)
            ])
        }
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        let table = try Table(file: file, text: text)
        let mapper = try RowMapper(mapping, table: table) { name in
            try Table(file: name, text: String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
        }
        let kept = table.rows.filter { !mapper.skips($0) }
        var faults: [ImportFault] = []
        var records: [(line: Int, record: ImportRecord)] = []
        for row in kept {
            do {
                records.append((row.line, try mapper.record(row)))
            } catch let error as ImportFaults {
                faults += error.faults
            }
        }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        self.file = file
        self.batch = batch
        self.records = records
        skipped = table.rows.count - kept.count
        digest = SHA256.hash(data: Data("\(kind.rawValue)\n\(batch)\n\(mappingText)\n\(text)".utf8))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Sends the records in batches, behind those of earlier runs.
    ///
    /// - Parameters:
    ///   - checkpoint: where it keeps how far it came, until it is through.
    ///   - fromStart: begins with the first record, whatever was sent before.
    ///   - acknowledged: told after each batch how many records are done, of how many.
    public func run(
        _ clients: SuiteClients, keeping checkpoint: ImportCheckpoint, fromStart: Bool,
        acknowledged: (Int, Int) -> Void
    ) async throws -> ImportOutcome {
        let earlier = fromStart ? ImportProgress() : checkpoint.progress
        try checkpoint.begin(after: earlier)
        var outcome = ImportOutcome()
        outcome.skipped = skipped
        outcome.resumed = min(earlier.done, records.count)
        outcome.refusals = earlier.refusals
        var done = outcome.resumed
        while done < records.count {
            let part = records[done..<min(done + batch, records.count)]
            let results = try await Self.send(part.map(\.record), clients)
            done += part.count
            let refusals = count(results, of: part, in: &outcome)
            outcome.refusals += refusals
            try checkpoint.add(ImportProgress(done: done, refusals: refusals))
            acknowledged(done, records.count)
        }
        checkpoint.clear()
        return outcome
    }

    /// - Returns: what was refused.
    private func count(
        _ results: [WireItemResult], of part: ArraySlice<(line: Int, record: ImportRecord)>,
        in outcome: inout ImportOutcome
    ) -> [ImportOutcome.Refusal] {
        var refusals: [ImportOutcome.Refusal] = []
        for (entry, result) in zip(part, results) {
            switch result.status {
            case .created: outcome.created += 1
            case .updated: outcome.updated += 1
            case .failed:
                refusals.append(.init(file: file, line: entry.line, id: result.id, message: result.error.message))
            default: outcome.unchanged += 1
            }
        }
        return refusals
    }

    /// Records of one kind, since a file holds one.
    private static func send(_ records: [ImportRecord], _ clients: SuiteClients) async throws -> [WireItemResult] {
        switch records.first {
        case .lead:
            let leads = records.compactMap { if case .lead(let lead) = $0 { lead } else { nil } }
            return try await clients.scoring.upsertLeads(.with { $0.leads = leads }).results
        case .engagement:
            let engagements = records.compactMap { if case .engagement(let item) = $0 { item } else { nil } }
            return try await clients.scoring.recordEngagements(.with { $0.engagements = engagements }).results
        case .account:
            let accounts = records.compactMap { if case .account(let account) = $0 { account } else { nil } }
            return try await clients.icp.upsertAccounts(.with { $0.accounts = accounts }).results
        case .opportunity:
            let deals = records.compactMap { if case .opportunity(let deal) = $0 { deal } else { nil } }
            return try await clients.metrics.recordOpportunities(.with { $0.opportunities = deals }).results
        case .touch:
            let touches = records.compactMap { if case .touch(let touch) = $0 { touch } else { nil } }
            return try await clients.metrics.recordTouches(.with { $0.touches = touches }).results
        case nil: return []
        }
    }
}
