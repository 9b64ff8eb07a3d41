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
    static func results(
        _ items: [BatchItem], _ write: (Value) throws -> WriteResult
    ) throws -> [WireItemResult] {
        try items.enumerated().map { index, item in
            var result = WireItemResult()
            result.index = Int32(index)
            result.id = item.id
            if item.violations.isEmpty {
                result.status = status(try write(item.value))
            } else {
                result.status = .failed
                result.error = item.error
            }
            return result
        }
    }

    private var error: WireItemError {
        .with {
            $0.code = RPCCode.invalidArgument.rawValue
            $0.message = RPCError.invalid(violations).message
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
