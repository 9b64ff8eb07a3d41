public import Kernel

/// What is written down of an agreement's life.
public enum HistoryAction: String, Sendable, CaseIterable {
    case drafted, proposed, signed, rejected, withdrawn, activated, superseded, reviewed
}

/// One line of the audit log.
public struct HistoryEntry: Hashable, Sendable {
    public var version: Int64
    public var action: HistoryAction
    /// Empty where no person acted.
    public var actor: String
    public var side: AgreementSide?
    public var at: Instant
    public var comment: String
    /// Of a review.
    public var section: String

    public init(
        _ action: HistoryAction, of version: Int64, by actor: String = "", side: AgreementSide? = nil, at: Instant,
        comment: String = "", section: String = ""
    ) {
        self.version = version
        self.action = action
        self.actor = actor
        self.side = side
        self.at = at
        self.comment = comment
        self.section = section
    }
}
