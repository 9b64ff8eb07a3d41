public import Kernel

/// A deal, as the caller's pipeline knows it.
public struct Opportunity: Equatable, Sendable {
    /// Raw values are those of the contract.
    public enum Outcome: Int, Sendable {
        case open = 1
        case won = 2
        case lost = 3
    }

    public var id: String
    /// Empty where no lead is known.
    public var leadID: String
    public var accountID: String
    public var stage: String
    public var outcome: Outcome
    /// In minor units of ``currency``; nil where it is not known.
    public var amount: Int64?
    /// The price before negotiation.
    public var listValue: Int64?
    /// Set where one of the two is.
    public var currency: String?
    public var openedAt: Instant?
    /// Set where the outcome is not open.
    public var closedAt: Instant?
    public var source: String
    public var repID: String
    public var team: String
    public var dimensions: [String: String]

    public init(
        id: String, leadID: String, accountID: String, stage: String, outcome: Outcome, amount: Int64?,
        listValue: Int64?, currency: String?, openedAt: Instant?, closedAt: Instant?, source: String, repID: String,
        team: String, dimensions: [String: String]
    ) {
        self.id = id
        self.leadID = leadID
        self.accountID = accountID
        self.stage = stage
        self.outcome = outcome
        self.amount = amount
        self.listValue = listValue
        self.currency = currency
        self.openedAt = openedAt
        self.closedAt = closedAt
        self.source = source
        self.repID = repID
        self.team = team
        self.dimensions = dimensions
    }
}
