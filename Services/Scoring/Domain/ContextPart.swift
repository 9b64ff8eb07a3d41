/// What the agreement can require to travel with a handoff.
public enum ContextPart: String, Sendable, CaseIterable {
    case contact, firmographics, technographics
    case engagementHistory = "engagement_history"
    case behaviouralSignals = "behavioural_signals"
    case score, touches
}

/// Which parts of a lead's context are there.
public struct ContextContents: Sendable {
    /// An e-mail address or a phone number.
    public var hasContact: Bool
    /// Industry, employees, revenue or country of the company.
    public var hasFirmographics: Bool
    public var hasTechnologies: Bool
    public var hasEngagement: Bool
    /// Signals of the company, or engagement that counts for the score.
    public var hasSignals: Bool
    public var hasLedger: Bool
    /// A channel or campaign, of the lead or of any engagement, or the lead's source.
    public var hasTouches: Bool

    public init(
        hasContact: Bool, hasFirmographics: Bool, hasTechnologies: Bool, hasEngagement: Bool, hasSignals: Bool,
        hasLedger: Bool, hasTouches: Bool
    ) {
        self.hasContact = hasContact
        self.hasFirmographics = hasFirmographics
        self.hasTechnologies = hasTechnologies
        self.hasEngagement = hasEngagement
        self.hasSignals = hasSignals
        self.hasLedger = hasLedger
        self.hasTouches = hasTouches
    }

    public func missing(of required: [ContextPart]) -> [ContextPart] {
        required.filter { !has($0) }
    }

    private func has(_ part: ContextPart) -> Bool {
        switch part {
        case .contact: hasContact
        case .firmographics: hasFirmographics
        case .technographics: hasTechnologies
        case .engagementHistory: hasEngagement
        case .behaviouralSignals: hasSignals
        case .score: hasLedger
        case .touches: hasTouches
        }
    }
}
