import Contracts
import Kernel

extension WireItemResult {
    static func done(
        _ index: Int, _ id: String, _ status: WireItemStatus, storedAs storedID: String? = nil
    ) -> WireItemResult {
        var result = WireItemResult()
        result.index = Int32(clamping: index)
        result.id = id
        if let storedID, storedID != id { result.storedID = storedID }
        result.status = status
        return result
    }

    static func failed(_ index: Int, _ id: String, _ faults: [WireFieldViolation]) -> WireItemResult {
        let sentences = faults.map { "\($0.path): found \($0.found), expected \($0.expected)" }
        return failed(index, id, code: "invalid_argument", sentences.joined(separator: "; "), faults)
    }

    static func failed(_ index: Int, _ id: String, unknownLead leadID: String) -> WireItemResult {
        failed(index, id, code: "not_found", "lead \(leadID) is unknown: upsert it first", [])
    }

    static func failed(_ index: Int, _ id: String, erasedLead leadID: String, at moment: Instant) -> WireItemResult {
        failed(index, id, code: "failed_precondition", ErasureQueries.sentence(leadID, moment), [])
    }

    private static func failed(
        _ index: Int, _ id: String, code: String, _ message: String, _ faults: [WireFieldViolation]
    ) -> WireItemResult {
        var result = done(index, id, .failed)
        result.error.code = code
        result.error.message = message
        result.error.violations = faults
        return result
    }
}
