import Contracts
import Kernel
import SwiftProtobuf

/// Target lists in words.
enum TargetText {
    static func summary(_ revision: WireTargetListRevision) -> String {
        let signers = revision.signatures.map(\.signer).joined(separator: ", ")
        return "\(revision.listID) revision \(revision.revision) (\(revision.name)): \(state(revision.state)), "
            + "\(revision.targetCount) accounts, proposed by \(revision.proposedBy) at \(Instant(revision.proposedAt).text)"
            + (signers.isEmpty ? "" : ", signed by \(signers)")
            + (revision.comment.isEmpty ? "" : ": \(revision.comment)")
    }

    private static func state(_ state: WireTargetListState) -> String {
        switch state {
        case .proposed: "proposed"
        case .partlySigned: "partly signed"
        case .inForce: "in force"
        case .superseded: "superseded"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}
