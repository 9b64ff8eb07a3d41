/// What a query is looked up by.
public enum AccountKeyKind: String, Sendable, CaseIterable {
    case domain
    case registeredDomain = "registered_domain"
    case name
}

/// One way in which an account can be found.
public struct AccountKey: Hashable, Sendable {
    public var kind: AccountKeyKind
    public var text: String

    public init(_ kind: AccountKeyKind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// All ways in which an account can be found.
    public static func keys(of profile: AccountProfile) -> Set<AccountKey> {
        var keys: Set<AccountKey> = []
        for domain in profile.domains {
            keys.insert(AccountKey(.domain, domain))
            if let name = DomainName(domain) { keys.insert(AccountKey(.registeredDomain, name.registered)) }
        }
        let name = CompanyName.key(profile.name)
        if !name.isEmpty { keys.insert(AccountKey(.name, name)) }
        return keys
    }

    /// What to look for, the surest first. Empty where domain, address and name say nothing.
    public static func keys(domain: String, email: String, name: String) -> [AccountKey] {
        var keys: [AccountKey] = []
        let mail = DomainName(email: email)
        for found in [DomainName(domain), mail.flatMap { FreeMail.serves($0.registered) ? nil : $0 }] {
            guard let found else { continue }
            keys += [AccountKey(.domain, found.host), AccountKey(.registeredDomain, found.registered)]
        }
        let name = CompanyName.key(name)
        return name.isEmpty ? keys : keys + [AccountKey(.name, name)]
    }
}

/// An account that has a key that was looked for.
public struct AccountCandidate: Hashable, Sendable {
    public var id: String
    public var name: String
    public var country: String
    /// From its parent up to the top.
    public var ancestors: [String]

    public init(id: String, name: String, country: String, ancestors: [String]) {
        self.id = id
        self.name = name
        self.country = country
        self.ancestors = ancestors
    }
}

/// Which of the accounts that have a key is meant.
public struct AccountChoice: Hashable, Sendable {
    /// Nil where nothing decides.
    public var id: String?
    /// Why, in a sentence.
    public var reason: String

    /// More candidates than these are too many to decide between.
    public static let most = 200

    /// What is said of more accounts than ``most`` that have a key.
    public static func tooMany(_ key: AccountKey) -> String {
        "more than \(most) have the \(key.kind.words) \(key.text)"
    }

    /// One alone is it; then the only one in the country asked for; then the one that owns all the others.
    public init(_ candidates: [AccountCandidate], by key: AccountKey, country: String) {
        let what = "\(key.kind.words) \(key.text)"
        guard candidates.count <= Self.most else {
            (id, reason) = (nil, Self.tooMany(key))
            return
        }
        let local = candidates.filter { !country.isEmpty && $0.country.lowercased() == country.lowercased() }
        let owner = candidates.first { one in
            candidates.allSatisfy { $0.id == one.id || $0.ancestors.contains(one.id) }
        }
        if candidates.count == 1 {
            (id, reason) = (candidates[0].id, "it alone has the \(what)")
        } else if local.count == 1 {
            (id, reason) = (local[0].id, "of \(candidates.count) with the \(what), it alone is in \(country)")
        } else if let owner {
            (id, reason) = (owner.id, "of \(candidates.count) with the \(what), it owns the others")
        } else {
            (id, reason) = (nil, "\(candidates.count) have the \(what), and nothing decides between them")
        }
    }
}

extension AccountKeyKind {
    var words: String {
        switch self {
        case .domain: "domain"
        case .registeredDomain: "registered domain"
        case .name: "name"
        }
    }
}
