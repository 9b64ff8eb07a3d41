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

    static func summary(_ version: WireAgreementVersion) -> String {
        let signers = version.signatures.map(\.signer).joined(separator: ", ")
        let effective = version.hasEffectiveAt ? ", effective \(Instant(version.effectiveAt).text)" : ""
        return "version \(version.version): \(state(version.state))\(effective), proposed by \(version.proposedBy)"
            + (signers.isEmpty ? "" : ", signed by \(signers)")
    }
}
