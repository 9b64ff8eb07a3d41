import Contracts
import Foundation
import Kernel
import Yams

/// What `accord replay` runs: an agreement and the files of a history, each with its mapping.
///
/// A YAML file: `agreement: PATH`, and `inputs:`, a list of mappings with a `file` each. Paths of inputs are relative
/// to the data folder, the agreement's is relative to the plan.
public struct ReplayPlan: Sendable {
    public var agreement: String
    public var inputs: [ImportMapping]

    init(agreement: String, inputs: [ImportMapping]) {
        self.agreement = agreement
        self.inputs = inputs
    }

    /// - Throws: ``ImportFaults`` with every fault of the file.
    public init(path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let root = try Yams.compose(yaml: text)
        var reader = MappingReader(file: path)
        guard let fields = reader.entries(root, "", known: ["agreement", "inputs"]),
            let agreementPath = fields["agreement"]?.string
        else {
            throw ImportFaults(
                reader.faults.isEmpty
                    ? [
                        ImportFault(
                            file: path, line: 1, path: "agreement", found: "nothing", expected: "the agreement's path")
                    ] : reader.faults)
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        agreement = try String(contentsOf: folder.appendingPathComponent(agreementPath), encoding: .utf8)
        inputs = []
        for (index, node) in (fields["inputs"]?.sequence ?? []).enumerated() {
            if let mapping = reader.mapping(node, path: "inputs[\(index)].") { inputs.append(mapping) }
        }
        guard reader.faults.isEmpty else { throw ImportFaults(reader.faults) }
    }
}

/// A history read from files: what happened, in the order of time, and what was left out.
struct History: Sendable {
    var items: [HistoryItem] = []
    /// Rows that a mapping left out.
    var skipped = 0

    /// - Throws: ``ImportFaults`` with every fault of every row.
    init(_ plan: ReplayPlan, data: URL) throws {
        var tables: [String: Table] = [:]
        func read(_ name: String) throws -> Table {
            if let table = tables[name] { return table }
            let table = try Table(
                file: name, text: String(contentsOf: data.appendingPathComponent(name), encoding: .utf8))
            tables[name] = table
            return table
        }
        var faults: [ImportFault] = []
        for mapping in plan.inputs {
            let table = try read(mapping.file ?? "")
            let mapper = try RowMapper(mapping, table: table, read: read)
            for row in table.rows {
                if mapper.skips(row) {
                    skipped += 1
                    continue
                }
                do {
                    let record = try mapper.record(row)
                    items.append(HistoryItem(at: record.occurredAt, record: record))
                } catch let error as ImportFaults {
                    faults += error.faults
                }
            }
        }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        order()
    }

    init(_ items: [HistoryItem]) {
        self.items = items
        order()
    }

    /// By time; what happened at the same time stays in the order of the files.
    private mutating func order() {
        let dated = items.filter { $0.at > .distantPast }
        let first = dated.map(\.at).min() ?? Instant(seconds: 0)
        let last = dated.map(\.at).max() ?? first
        items = items.enumerated().map { index, item in
            // Accounts are known from the start; what has no time is a snapshot taken at the end.
            var placed = item
            if item.at == .distantPast { placed.at = item.record.isAccount ? first : last }
            return (index, placed)
        }
        .sorted { ($0.1.at, $0.0) < ($1.1.at, $1.0) }
        .map(\.1)
    }
}

extension ImportRecord {
    /// When it happened; the distant past where it does not say.
    var occurredAt: Instant {
        switch self {
        case .lead(let lead): lead.hasCreatedAt ? Instant(lead.createdAt) : .distantPast
        case .engagement(let engagement): Instant(engagement.occurredAt)
        case .account: .distantPast
        case .touch(let touch): Instant(touch.occurredAt)
        case .opportunity(let opportunity):
            opportunity.hasClosedAt
                ? Instant(opportunity.closedAt)
                : opportunity.hasOpenedAt ? Instant(opportunity.openedAt) : .distantPast
        }
    }

    var isAccount: Bool {
        if case .account = self { true } else { false }
    }
}
