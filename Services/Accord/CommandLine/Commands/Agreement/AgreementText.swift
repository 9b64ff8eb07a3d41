import Contracts
import Kernel

/// Agreement versions in words.
enum AgreementText {
    static func state(_ state: WireAgreementState) -> String {
        switch state {
        case .draft: "draft"
        case .proposed: "proposed"
        case .partlySigned: "partly signed"
        case .signed: "signed"
        case .active: "active"
        case .superseded: "superseded"
        case .rejected: "rejected"
        case .withdrawn: "withdrawn"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }

    /// Nil where none is meant.
    static func side(_ side: WireSide) -> String? {
        switch side {
        case .marketing: "marketing"
        case .sales: "sales"
        case .unspecified, .UNRECOGNIZED: nil
        }
    }

    static func action(_ action: WireHistoryAction) -> String {
        switch action {
        case .drafted: "was drafted"
        case .proposed: "was proposed"
        case .signed: "was signed"
        case .rejected: "was rejected"
        case .withdrawn: "was withdrawn"
        case .activated: "took effect"
        case .superseded: "was superseded"
        case .reviewed: "was reviewed"
        case .unspecified, .UNRECOGNIZED: "changed"
        }
    }

    static func summary(_ version: WireAgreementVersion) -> String {
        let signers = version.signatures.map(\.signer).joined(separator: ", ")
        let effective = version.hasEffectiveAt ? ", effective \(Instant(version.effectiveAt).text)" : ""
        let author = "\(version.state == .draft ? "drafted" : "proposed") by \(version.proposedBy)"
        let closing = version.hasClosing ? " by \(version.closing.by)" : ""
        let reason = version.closing.comment.isEmpty ? "" : ": \(version.closing.comment)"
        return "version \(version.version): \(state(version.state))\(closing)\(effective), \(author)"
            + (signers.isEmpty ? "" : ", signed by \(signers)") + reason
    }

    /// A fault or a warning, without its place in the text.
    static func sentence(_ fault: WireFieldViolation) -> String {
        (fault.path.isEmpty ? "" : "\(fault.path): ") + "found \(fault.found), expected \(fault.expected)"
    }
}
