import Contracts
import Kernel
import ScoringDomain

extension ScoringRules {
    /// Why engagement that is kept gives no points; nil where it may.
    func reasonNotToCount(_ engagement: WireEngagement, receivedAt: Instant?) -> UncountedEngagement.Reason? {
        if !declares(engagement.kind) { return .undeclared }
        return counts(Instant(engagement.occurredAt), arrivedAt: receivedAt) ? nil : .late
    }
}

extension WireItemNotice {
    init(_ engagement: WireEngagement, _ reason: UncountedEngagement.Reason, _ rules: ScoringRules) {
        self.init()
        switch reason {
        case .late:
            code = "late_engagement"
            let bound = rules.settings.lateAfter?.text ?? "agreed"
            message = "kept, but gives no points: it arrived more than \(bound) after it happened"
        case .undeclared:
            code = "undeclared_kind"
            message =
                "kept, but gives no points: agreement version \(rules.version) does not declare the kind "
                + engagement.kind
        }
    }
}
