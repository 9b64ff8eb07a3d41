import Contracts
import Hosting
import ICPDomain
import Kernel
import SwiftProtobuf

extension AgreementFault {
    /// - Parameter isDocument: whether the caller's input has lines.
    func wire(isDocument: Bool) -> WireFieldViolation {
        .with {
            $0.path = isDocument ? path : path.isEmpty ? "agreement" : "agreement.\(path)"
            $0.found = found
            $0.expected = suggestion.map { "\(expected); did you mean \($0)?" } ?? expected
            $0.code = code.rawValue
            guard isDocument else { return }
            $0.line = Int32(clamping: line ?? 0)
            $0.column = Int32(clamping: column ?? 0)
            $0.description_p = text
        }
    }
}
