/// How the messages of one tool that signs its webhooks become engagement.
public struct WebhookMapping: Hashable, Sendable {
    /// A place in JSON: names, and numbers that count in lists from 0.
    public struct Path: Hashable, Sendable {
        public let names: [String]

        /// - Parameter text: names with dots between them; nil where it is empty.
        public init?(_ text: String) {
            guard !text.isEmpty else { return nil }
            names = text.split(separator: ".").map(String.init)
        }
    }

    public var id: String
    /// Where the list is whose entries are engagements; absent means that the message itself is one.
    public var each: Path?
    public var leadID: Path?
    /// Of the address by which a lead is found that no id names.
    public var email: Path?
    public var engagementID: Path?
    /// Where the tool's word is.
    public var event: Path?
    /// The kind of all messages, where no path says it.
    public var kind: String
    /// The kinds by the tool's words.
    public var kinds: [String: String]
    public var occurredAt: Path?
    public var channel: Path?
    public var campaign: Path?
    public var contentID: Path?
    public var attributes: [String: Path]

    public init(id: String, kind: String = "", kinds: [String: String] = [:], attributes: [String: Path] = [:]) {
        self.id = id
        self.kind = kind
        self.kinds = kinds
        self.attributes = attributes
    }

    /// The kind for a tool's word; nil where it is one to ignore.
    public func kind(of word: String?) -> String? {
        guard event != nil else { return kind }
        guard !kinds.isEmpty else { return word ?? "" }
        return kinds[word ?? ""]
    }
}
