import Criteria

/// Collects the faults of one reading, and the criteria that have to be compiled when the catalogue is known.
final class FaultList {
    private(set) var faults: [(fault: AgreementFault, atKey: Bool)] = []
    private(set) var trees: [(path: String, criteria: Criteria, scope: CriteriaScope)] = []

    func add(_ criteria: Criteria, at path: String, scope: CriteriaScope) {
        trees.append((path, criteria, scope))
    }

    func add(_ path: String, found: String, expected: String, suggestion: String? = nil, atKey: Bool = false) {
        guard faults.count < 1_000 else { return }
        faults.append((AgreementFault(path: path, found: found, expected: expected, suggestion: suggestion), atKey))
    }

    /// With their places, in the order of lines.
    func placed(by positions: Positions) -> [AgreementFault] {
        let placed = faults.map { fault, atKey in
            var fault = fault
            let place = positions.place(of: fault.path, atKey: atKey)
            fault.line = place?.line
            fault.column = place?.column
            return fault
        }
        return placed.enumerated().sorted { left, right in
            (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
        }.map(\.element)
    }
}
