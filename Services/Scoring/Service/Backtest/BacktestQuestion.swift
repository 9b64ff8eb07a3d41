import Contracts
import Kernel
import RPC
import ScoringDomain

/// A request, checked.
struct BacktestQuestion: Sendable {
    let settings: BacktestSettings

    /// - Throws: `invalid_argument` with every fault.
    init(_ request: WireBacktestRequest) throws {
        var reader = QuestionReader()
        var settings = BacktestSettings()
        settings.outcome = reader.choice(request.outcome, "outcome", default: .accepted)
        settings.horizon = reader.span(request.horizon, "horizon", default: .days(90))
        (settings.from, settings.to) = reader.period(request.period)
        settings.examples = reader.count(Int(request.leads), "leads")
        if !request.hasDraft { reader.fault("draft", "nothing", "a version, a moment or an agreement") }
        for (path, reference) in [("draft", request.draft), ("against", request.against)] {
            if !reference.document.isEmpty {
                reader.fault("\(path).document", "a document", "a version, a moment or an agreement")
            }
        }
        guard reader.faults.isEmpty else { throw RPCError.invalid(reader.faults) }
        self.settings = settings
    }
}
