public import Contracts
import ICPDomain

/// Checks an agreement without any service.
public enum AgreementLint {
    /// Every fault of the text, with its line; empty where there is none.
    public static func faults(of text: String) -> [WireFieldViolation] {
        do throws(AgreementFaults) {
            _ = try Agreement.read(text)
            return []
        } catch {
            return error.faults.map { fault in
                let hint = fault.suggestion.map { "; did you mean \($0)?" } ?? ""
                var violation = WireFieldViolation(fault.path, found: fault.found, expected: fault.expected + hint)
                violation.line = Int32(clamping: fault.line ?? 0)
                violation.column = Int32(clamping: fault.column ?? 0)
                return violation
            }
        }
    }
}
