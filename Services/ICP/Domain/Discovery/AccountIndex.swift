/// Finds the account of a deal by what the deal, or its lead, says of it.
public struct AccountIndex: Sendable {
    /// How a deal or its lead names the company; blank where it does not.
    public struct Clue: Hashable, Sendable {
        public enum Kind: Sendable {
            case id, domain, name
        }

        public var kind: Kind
        public var text: String

        public init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }
    }

    public enum Answer: Hashable, Sendable {
        /// The place of the account.
        case found(Int)
        /// The text of the clue that no account, or more than one, has.
        case unknown(String)
        case ambiguous(String)
        case unnamed
    }

    private var byID: [String: Int] = [:]
    private var byDomain: [String: [Int]] = [:]
    private var byName: [String: [Int]] = [:]

    public init() {}

    /// - Parameters:
    ///   - place: what ``find(_:)`` answers with.
    ///   - ids: its own, and those that were merged into it.
    ///   - domains: hosts as ``DomainName`` has them.
    public mutating func add(_ place: Int, ids: [String], name: String, domains: [String]) {
        for id in ids { byID[id] = place }
        for domain in domains { byDomain[domain, default: []].append(place) }
        let key = CompanyName.key(name)
        if !key.isEmpty { byName[key, default: []].append(place) }
    }

    /// The account of the first clue that leads to one; an id or a domain that several have ends the search.
    public func find(_ clues: [Clue]) -> Answer {
        var failure = Answer.unnamed
        for clue in clues where !clue.text.allSatisfy(\.isWhitespace) {
            let places =
                switch clue.kind {
                case .id: byID[clue.text].map { [$0] } ?? []
                case .domain: DomainName(clue.text).flatMap { byDomain[$0.host] } ?? []
                case .name: byName[CompanyName.key(clue.text)] ?? []
                }
            if places.count == 1 { return .found(places[0]) }
            if places.count > 1 {
                failure = .ambiguous(clue.text)
                if clue.kind != .name { return failure }
            } else if failure == .unnamed {
                failure = .unknown(clue.text)
            }
        }
        return failure
    }
}
