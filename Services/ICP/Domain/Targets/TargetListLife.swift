public import Kernel

/// Where a revision of a target list is in its life.
public enum TargetListState: String, Sendable, CaseIterable {
    case proposed
    case partlySigned = "partly_signed"
    case inForce = "in_force"
    case superseded
}

/// What the life of a revision depends on.
public struct TargetListLife: Hashable, Sendable {
    public var state: TargetListState
    public var digest: String
    public var signatures: [AgreementSignature]

    public init(state: TargetListState, digest: String, signatures: [AgreementSignature] = []) {
        self.state = state
        self.digest = digest
        self.signatures = signatures
    }

    /// Decides what a signature does: the second, by another person for the other side, puts the revision in force.
    ///
    /// - Parameter digest: what the signer has read; nil when they did not say.
    public func sign(
        side: AgreementSide, signer: String, digest claimed: String?, now: Instant
    ) -> TargetSigningDecision {
        if let claimed, claimed.lowercased() != digest {
            return .refused("the digest is not that of this revision: read it again before signing")
        }
        if let given = signatures.first(where: { $0.side == side }) {
            return Person.isSame(given.signer, signer)
                ? .alreadySigned : .refused("this side was signed by \(given.signer) already")
        }
        guard state == .proposed || state == .partlySigned else {
            return .refused("the revision is superseded and takes no more signatures")
        }
        guard !signatures.contains(where: { Person.isSame($0.signer, signer) }) else {
            return .refused("one person cannot sign for both sides")
        }
        let signature = AgreementSignature(side: side, signer: signer, signedAt: now, digest: digest)
        return signatures.isEmpty ? .signed(signature) : .completed(signature)
    }
}

/// What a signature on a target list does.
public enum TargetSigningDecision: Hashable, Sendable {
    /// The first of the two.
    case signed(AgreementSignature)
    /// The second: the revision takes effect.
    case completed(AgreementSignature)
    /// The same person for the same side again: nothing changes.
    case alreadySigned
    case refused(String)
}
