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

/// The end of a version that never took effect.
public struct VersionClosing: Hashable, Sendable {
    public var by: String
    /// Of a rejection: for whom.
    public var side: AgreementSide?
    public var at: Instant
    public var comment: String

    public init(by: String, side: AgreementSide? = nil, at: Instant, comment: String) {
        self.by = by
        self.side = side
        self.at = at
        self.comment = comment
    }
}

/// Where a version is in its life.
public enum VersionState: String, Sendable, CaseIterable {
    case draft, proposed
    case partlySigned = "partly_signed"
    /// By both sides, with `effective_at` still to come.
    case signed
    case active, superseded, rejected, withdrawn

    /// Takes signatures.
    public var isOpen: Bool { self == .proposed || self == .partlySigned }

    /// For people: `partly signed`.
    public var words: String { rawValue.replacing("_", with: " ") }
}

/// The version in force, and since when.
public struct InForce: Hashable, Sendable {
    public var version: Int64
    public var since: Instant

    public init(version: Int64, since: Instant) {
        self.version = version
        self.since = since
    }
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
    /// Set when it was rejected or withdrawn.
    public var closing: VersionClosing?

    public init(
        version: Int64, state: VersionState, digest: String, requestedAt: Instant?, effectiveAt: Instant? = nil,
        signatures: [AgreementSignature] = [], closing: VersionClosing? = nil
    ) {
        self.version = version
        self.state = state
        self.digest = digest
        self.requestedAt = requestedAt
        self.effectiveAt = effectiveAt
        self.signatures = signatures
        self.closing = closing
    }

    /// Decides what a signature does.
    ///
    /// - Parameters:
    ///   - claimed: the digest of what the signer has read; nil when they did not say.
    ///   - inForce: what the version would supersede. It takes effect after that, by time or, at the same instant, by
    ///     number: so whoever orders versions by both finds the one that came last, however they raced.
    public func sign(
        side: AgreementSide, signer: String, digest claimed: String?, now: Instant, after inForce: InForce? = nil
    ) -> SigningDecision {
        if let claimed, claimed.lowercased() != digest { return .refused(.otherContent) }
        if let given = signatures.first(where: { $0.side == side }), state != .rejected, state != .withdrawn {
            return Person.isSame(given.signer, signer) ? .alreadySigned : .refused(.signedByAnother(given.signer))
        }
        guard state.isOpen else { return .refused(.notOpen(state)) }
        guard !signatures.contains(where: { Person.isSame($0.signer, signer) }) else { return .refused(.bothSides) }
        let signature = AgreementSignature(side: side, signer: signer, signedAt: now, digest: digest)
        if signatures.isEmpty { return .signed(signature) }
        return .completed(signature, effectiveAt: max(requestedAt ?? now, now, earliest(after: inForce)))
    }

    private func earliest(after inForce: InForce?) -> Instant {
        guard let inForce else { return .distantPast }
        return version > inForce.version ? inForce.since : Instant(microseconds: inForce.since.microseconds + 1)
    }

    /// Decides what one side's no does.
    ///
    /// - Parameter claimed: the digest of what they have read; nil when they did not say.
    public func reject(_ closing: VersionClosing, digest claimed: String?) -> ClosingDecision {
        if let claimed, claimed.lowercased() != digest { return .refused(.otherContent) }
        if state == .rejected, let known = self.closing, known.says(the: closing) { return .alreadyClosed }
        return state.isOpen ? .closed(closing) : .refused(.notOpen(state))
    }

    /// Decides what taking it back does; what both sides have signed stands.
    public func withdraw(_ closing: VersionClosing) -> ClosingDecision {
        if state == .withdrawn, let known = self.closing, known.says(the: closing) { return .alreadyClosed }
        return state.isOpen || state == .draft ? .closed(closing) : .refused(.notOpen(state))
    }
}

extension VersionClosing {
    /// Whether a call says again what was said, if later.
    fileprivate func says(the same: VersionClosing) -> Bool {
        Person.isSame(by, same.by) && side == same.side && comment == same.comment
    }
}

/// People by their names.
public enum Person {
    /// A person is the same whatever the case of their name and the blanks around it.
    public static func isSame(_ left: String, _ right: String) -> Bool {
        key(left) == key(right)
    }

    static func key(_ name: String) -> String {
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
    case refused(LifeRefusal)
}

/// What a rejection or a withdrawal does.
public enum ClosingDecision: Hashable, Sendable {
    case closed(VersionClosing)
    /// The same person said the same before: nothing changes.
    case alreadyClosed
    case refused(LifeRefusal)
}

public enum LifeRefusal: Hashable, Sendable {
    /// The digest is not the version's.
    case otherContent
    case signedByAnother(String)
    /// One person cannot sign for both sides.
    case bothSides
    case notOpen(VersionState)

    /// - Parameter deed: what was to be done, such as `signed`.
    public func text(_ deed: String) -> String {
        switch self {
        case .otherContent: "the digest is not that of this version: read it again before it is \(deed)"
        case .signedByAnother(let signer): "this side was signed by \(signer) already"
        case .bothSides: "one person cannot sign for both sides"
        case .notOpen(.draft): "the version is a draft: it has to be proposed before it can be \(deed)"
        case .notOpen(.signed):
            "the version is signed by both sides and cannot be \(deed): propose another one to take effect after it"
        case .notOpen(let state): "the version is \(state.words) and cannot be \(deed) any more"
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
