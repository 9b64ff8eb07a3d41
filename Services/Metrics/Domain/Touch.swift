public import Kernel

/// One contact of a person or an account with us.
public struct Touch: Equatable, Sendable {
    public var id: String
    /// One of lead and account may be empty.
    public var leadID: String
    public var accountID: String
    public var channel: String
    public var campaign: String
    public var contentID: String
    public var kind: String
    public var occurredAt: Instant
    public var cost: Money?

    public init(
        id: String, leadID: String, accountID: String, channel: String, campaign: String, contentID: String,
        kind: String, occurredAt: Instant, cost: Money?
    ) {
        self.id = id
        self.leadID = leadID
        self.accountID = accountID
        self.channel = channel
        self.campaign = campaign
        self.contentID = contentID
        self.kind = kind
        self.occurredAt = occurredAt
        self.cost = cost
    }
}
