public import Kernel

public enum AgreementSide: String, Sendable, CaseIterable {
    case marketing, sales
}

/// A person's word for one side, bound to the content by its digest.
public struct AgreementSignature: Hashable, Sendable {
    public var side: AgreementSide
    public var signer: String
    public var signedAt: Instant
    public var digest: String

    public init(side: AgreementSide, signer: String, signedAt: Instant, digest: String) {
        self.side = side
        self.signer = signer
        self.signedAt = signedAt
        self.digest = digest
    }
}

/// Where a version is in its life.
public enum VersionState: String, Sendable, CaseIterable {
    case proposed
    case partlySigned = "partly_signed"
    /// By both sides, with `effective_at` still to come.
    case signed
    case active
    case superseded
}

/// What the life of a version depends on.
public struct VersionLife: Hashable, Sendable {
    public var version: Int64
    public var state: VersionState
    public var digest: String
    /// When it is wanted to take effect; nil means as soon as it is signed.
    public var requestedAt: Instant?
    /// When it takes, or took, effect; nil until both sides have signed.
    public var effectiveAt: Instant?
    public var signatures: [AgreementSignature]

    public init(
        version: Int64, state: VersionState, digest: String, requestedAt: Instant?, effectiveAt: Instant? = nil,
        signatures: [AgreementSignature] = []
    ) {
        self.version = version
        self.state = state
        self.digest = digest
        self.requestedAt = requestedAt
        self.effectiveAt = effectiveAt
        self.signatures = signatures
    }

    /// Decides what a signature does.
    ///
    /// - Parameter digest: what the signer has read; nil when they did not say.
    public func sign(side: AgreementSide, signer: String, digest claimed: String?, now: Instant) -> SigningDecision {
        if let claimed, claimed.lowercased() != digest { return .refused(.otherContent) }
        if let given = signatures.first(where: { $0.side == side }) {
            return Self.isSame(given.signer, signer) ? .alreadySigned : .refused(.signedByAnother(given.signer))
        }
        guard state == .proposed || state == .partlySigned else { return .refused(.notOpen(state)) }
        guard !signatures.contains(where: { Self.isSame($0.signer, signer) }) else { return .refused(.bothSides) }
        let signature = AgreementSignature(side: side, signer: signer, signedAt: now, digest: digest)
        if signatures.isEmpty { return .signed(signature) }
        return .completed(signature, effectiveAt: max(requestedAt ?? now, now))
    }

    /// A person is the same whatever the case of their name and the blanks around it.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        key(left) == key(right)
    }

    private static func key(_ name: String) -> String {
        name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// What a signature does.
public enum SigningDecision: Hashable, Sendable {
    /// The first of the two.
    case signed(AgreementSignature)
    /// The second: the version takes effect at that moment, which is now or later.
    case completed(AgreementSignature, effectiveAt: Instant)
    /// The same person for the same side again: nothing changes.
    case alreadySigned
    case refused(SigningRefusal)
}

public enum SigningRefusal: Hashable, Sendable {
    /// The digest is not the version's.
    case otherContent
    case signedByAnother(String)
    /// One person cannot sign for both sides.
    case bothSides
    /// Neither proposed nor partly signed.
    case notOpen(VersionState)

    public var text: String {
        switch self {
        case .otherContent: "the digest is not that of this version: read it again before signing"
        case .signedByAnother(let signer): "this side was signed by \(signer) already"
        case .bothSides: "one person cannot sign for both sides"
        case .notOpen(let state): "the version is \(state.rawValue) and takes no more signatures"
        }
    }
}

/// Which signed versions are to take effect, and what each of them ends.
public enum Activation {
    /// In the order in which they take effect: by `effective_at`, then by number. Each supersedes the one before it,
    /// the first the one that is active, so that one is active in the end, however late this is asked.
    public static func due(_ signed: [VersionLife], now: Instant) -> [(version: Int64, effectiveAt: Instant)] {
        signed.compactMap { life in
            life.effectiveAt.flatMap { life.state == .signed && $0 <= now ? (life.version, $0) : nil }
        }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    }
}
