import Contracts
import RPC
import SwiftProtobuf

/// One item of a batch: valid, or refused alone.
struct BatchItem<Value: Sendable>: Sendable {
    let id: String
    let value: Value
    let violations: [WireFieldViolation]

    /// Converts every item.
    ///
    /// - Throws: `invalid_argument` where there are too many.
    static func parse<Wire>(
        _ items: [Wire], name: String, id: KeyPath<Wire, String>,
        _ convert: (Wire, _ path: String, inout Faults) -> Value
    ) throws -> [BatchItem] {
        guard items.count <= MetricsHandlers.batchLimit else {
            throw RPCError.invalid(
                name, found: "\(items.count) items", expected: "at most \(MetricsHandlers.batchLimit)")
        }
        return items.enumerated().map { index, item in
            var faults = Faults()
            let value = convert(item, "\(name)[\(index)]", &faults)
            return BatchItem(id: item[keyPath: id], value: value, violations: faults.violations)
        }
    }

    /// Writes the valid ones, in order, and says what became of each.
    ///
    /// - Parameter write: refuses one alone by an ``RPCError``, before it has changed anything.
    static func results(
        _ items: [BatchItem], _ write: (Value) throws -> WriteResult
    ) throws -> [WireItemResult] {
        try items.enumerated().map { index, item in
            var result = WireItemResult()
            result.index = Int32(index)
            result.id = item.id
            do {
                guard item.violations.isEmpty else { throw RPCError.invalid(item.violations) }
                result.status = status(try write(item.value))
            } catch let refusal as RPCError {
                result.status = .failed
                result.error = item.error(refusal)
            }
            return result
        }
    }

    private func error(_ refusal: RPCError) -> WireItemError {
        .with {
            $0.code = refusal.code.rawValue
            $0.message = refusal.message
            $0.violations = violations
        }
    }

    private static func status(_ result: WriteResult) -> WireItemStatus {
        switch result {
        case .created: .created
        case .updated: .updated
        case .unchanged: .unchanged
        }
    }
}
