public import RPC
import SwiftProtobuf

extension RPCError {
    /// All faults of the caller's input at once, as text and as a `BadRequest` detail.
    public static func invalid(_ violations: [WireFieldViolation]) -> RPCError {
        let sentences = violations.prefix(20).map { violation in
            violation.description_p.isEmpty
                ? "\(violation.path): found \(violation.found), expected \(violation.expected)"
                : "\(violation.path): \(violation.description_p)"
        }
        let more = violations.count > 20 ? "; and \(violations.count - 20) more" : ""
        return RPCError(
            .invalidArgument, sentences.joined(separator: "; ") + more,
            details: [RPCErrorDetail(WireBadRequest.with { $0.violations = violations })])
    }

    /// One fault: the path of the field, what was found, what was expected.
    public static func invalid(_ path: String, found: String, expected: String) -> RPCError {
        .invalid([WireFieldViolation(path, found: found, expected: expected)])
    }
}

extension WireFieldViolation {
    public init(_ path: String, found: String, expected: String) {
        self.init()
        self.path = path
        self.found = found
        self.expected = expected
    }
}
