/// How large a criteria tree may be: what keeps the cost of a rule bounded. More is a fault.
public struct CriteriaLimits: Hashable, Sendable {
    /// Groups within groups; a leaf alone has depth 1.
    public var depth: Int
    /// Groups and leaves in all.
    public var nodes: Int
    /// Entries of a leaf's list.
    public var listEntries: Int
    /// Bytes of UTF-8 of a text that a leaf compares with.
    public var textBytes: Int
    /// Bytes of UTF-8 of a glob.
    public var globBytes: Int

    public init(
        depth: Int = 16, nodes: Int = 1_000, listEntries: Int = 10_000, textBytes: Int = 1_024, globBytes: Int = 256
    ) {
        self.depth = depth
        self.nodes = nodes
        self.listEntries = listEntries
        self.textBytes = textBytes
        self.globBytes = globBytes
    }

    public static let standard = CriteriaLimits()
}

/// What a criteria tree may speak about, by the place where it stands.
public enum CriteriaScope: Sendable {
    /// Every field and behaviour.
    case any
    /// Everything but `engagement.*`; behaviour too.
    case lead
    /// `company.*`, `account.*` and `custom.*`; no behaviour.
    case company
    /// `engagement.*` alone; no behaviour.
    case engagement

    public func allows(_ field: String) -> Bool {
        switch self {
        case .any: true
        case .lead: !field.hasPrefix("engagement.")
        case .company:
            field.hasPrefix("company.") || field.hasPrefix("account.") || field.hasPrefix("custom.")
        case .engagement: field.hasPrefix("engagement.")
        }
    }

    var allowsBehaviour: Bool {
        switch self {
        case .any, .lead: true
        case .company, .engagement: false
        }
    }

    var expectation: String {
        switch self {
        case .any: "a field of the catalogue"
        case .lead: "a field of company, person, lead, account or custom"
        case .company: "a field of company, account or custom"
        case .engagement: "a field of engagement"
        }
    }
}
