import Criteria

/// Collects the faults of one reading, and the criteria that have to be compiled when the catalogue is known.
final class FaultList {
    private struct Entry {
        var fault: AgreementFault
        var atKey = false
    }

    private var entries: [Entry] = []
    private var warned: [Entry] = []
    private(set) var trees: [(path: String, criteria: Criteria, scope: CriteriaScope)] = []

    private static let most = 1_000

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }
    /// More are not taken.
    var isFull: Bool { entries.count >= Self.most }

    func add(_ criteria: Criteria, at path: String, scope: CriteriaScope) {
        trees.append((path, criteria, scope))
    }

    /// - Parameter place: where the document has no part with the path.
    func add(
        _ code: AgreementFault.Code, _ path: String, found: String, expected: String, suggestion: String? = nil,
        atKey: Bool = false, place: Positions.Place? = nil
    ) {
        guard !isFull else { return }
        entries.append(
            Entry(
                fault: AgreementFault(
                    code, path: path, found: found, expected: expected, suggestion: suggestion, line: place?.line,
                    column: place?.column),
                atKey: atKey))
    }

    /// What is valid but hardly meant.
    func warn(_ code: AgreementFault.Code, _ path: String, found: String, expected: String) {
        guard warned.count < Self.most else { return }
        warned.append(Entry(fault: AgreementFault(code, path: path, found: found, expected: expected)))
    }

    /// Whether something at a path, or within it, is at fault.
    func concerns(_ path: String) -> Bool {
        entries.contains { entry in
            guard entry.fault.path.hasPrefix(path) else { return false }
            let rest = entry.fault.path.dropFirst(path.count)
            return rest.isEmpty || rest.first == "." || rest.first == "["
        }
    }

    /// Reports every part after the first that has the same text in a field.
    func refuseRepeats(of key: String, in parts: [(path: String, tree: Tree)]) {
        var seen: Set<String> = []
        for part in parts {
            guard case .text(let text)? = part.tree[key], !text.isEmpty, !seen.insert(text).inserted else { continue }
            add(.duplicate, "\(part.path).\(key)", found: "\(text) again", expected: "each \(key) only once")
        }
    }

    /// The faults with their places, in the order of lines.
    func faults(by positions: Positions?) -> [AgreementFault] { Self.placed(entries, by: positions) }

    func warnings(by positions: Positions?) -> [AgreementFault] { Self.placed(warned, by: positions) }

    private static func placed(_ entries: [Entry], by positions: Positions?) -> [AgreementFault] {
        let placed = entries.map { entry in
            var fault = entry.fault
            guard fault.line == nil else { return fault }
            let place = positions?.place(of: fault.path, atKey: entry.atKey) ?? Positions.Place(line: 1, column: 1)
            fault.line = place.line
            fault.column = place.column
            return fault
        }
        return placed.enumerated().sorted { left, right in
            (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
        }.map(\.element)
    }
}
