public import Contracts
import Foundation
import ICPDomain
import SwiftProtobuf

/// Checks an agreement without any service.
public struct AgreementLint: Sendable {
    /// What makes the agreement invalid, with its lines.
    public let faults: [WireFieldViolation]
    /// What is valid but hardly meant.
    public let warnings: [WireFieldViolation]

    /// Reads no more of a file than an agreement may have.
    ///
    /// - Throws: where the file cannot be read.
    public init(file: String) throws {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            let bytes = try handle.read(upToCount: DocumentLimits().bytes + 1) ?? Data()
            self.init(Agreement.check(bytes: Array(bytes)))
        } catch let error as CocoaError {
            // Errors of file handles do not name the file.
            throw CocoaError(error.code, userInfo: [NSFilePathErrorKey: file])
        }
    }

    private init(_ findings: AgreementFindings) {
        faults = findings.faults.map(Self.violation)
        warnings = findings.warnings.map(Self.violation)
    }

    private static func violation(_ fault: AgreementFault) -> WireFieldViolation {
        .with {
            $0.path = fault.path
            $0.found = fault.found
            $0.expected = fault.suggestion.map { "\(fault.expected); did you mean \($0)?" } ?? fault.expected
            $0.line = Int32(clamping: fault.line ?? 0)
            $0.column = Int32(clamping: fault.column ?? 0)
            $0.description_p = fault.text
            $0.code = fault.code.rawValue
        }
    }
}
