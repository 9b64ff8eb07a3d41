public import Criteria
public import Kernel

/// What is known of a company we may sell to. Blank texts and empty lists are not known.
public struct AccountProfile: Hashable, Sendable {
    public var id: String
    public var name = ""
    /// Hosts as ``DomainName`` has them.
    public var domains: [String] = []
    public var industry = ""
    public var employees: Int64?
    public var annualRevenue: Money?
    public var country = ""
    public var region = ""
    public var city = ""
    public var technologies: [String] = []
    public var signals: [String] = []
    public var ownership = ""
    public var foundedYear: Int32?
    public var openPositions: Int64?
    public var lastFundingAt: Instant?
    public var custom: [String: FieldValue] = [:]

    public init(id: String) {
        self.id = id
    }

    /// Takes from another what this one does not know; of lists see ``join(_:)``.
    mutating func fill(from other: AccountProfile) {
        for field in [\Self.name, \.industry, \.country, \.region, \.city, \.ownership]
        where self[keyPath: field].isEmpty {
            self[keyPath: field] = other[keyPath: field]
        }
        employees = employees ?? other.employees
        annualRevenue = annualRevenue ?? other.annualRevenue
        foundedYear = foundedYear ?? other.foundedYear
        openPositions = openPositions ?? other.openPositions
        lastFundingAt = lastFundingAt ?? other.lastFundingAt
        custom.merge(other.custom) { own, _ in own }
    }

    /// Adds what is in the lists of others, each thing once, without regard to case.
    mutating func join(_ others: [AccountProfile]) {
        guard !others.isEmpty else { return }
        for field in [\Self.domains, \.technologies, \.signals] {
            var known = Set(self[keyPath: field].map { $0.lowercased() })
            for other in others {
                self[keyPath: field] += other[keyPath: field].filter { known.insert($0.lowercased()).inserted }
            }
        }
    }
}

extension AccountProfile {
    /// What criteria see. Revenue in another currency than the agreement's is unknown.
    ///
    /// - Parameter targetLists: ids of the lists in force that name the account.
    public func record(
        _ catalogue: FieldCatalogue, currency: String, parentID: String = "", targetLists: [String] = []
    ) -> FieldRecord {
        var record = FieldRecord(catalogue)
        record.set(Slot.id, id)
        record.set(Slot.parentID, parentID)
        record.set(Slot.name, name)
        record.set(Slot.domain, domains.first ?? "")
        record.set(Slot.industry, industry)
        record.set(Slot.country, country)
        record.set(Slot.region, region)
        record.set(Slot.city, city)
        record.set(Slot.ownership, ownership)
        record.set(Slot.employees, employees.map(Double.init))
        record.set(Slot.foundedYear, foundedYear.map(Double.init))
        record.set(Slot.openPositions, openPositions.map(Double.init))
        record.set(Slot.annualRevenue, annualRevenue.flatMap { $0.currency == currency ? $0.major : nil })
        record.set(Slot.technologies, technologies)
        record.set(Slot.signals, signals)
        record.set(Slot.targetLists, targetLists)
        if let lastFundingAt { record[slot: Slot.lastFundingAt] = .date(lastFundingAt) }
        for (name, value) in custom { record["custom.\(name)"] = value }
        return record
    }

    private enum Slot {
        static let id = FieldCatalogue.standardSlot("account.id")
        static let parentID = FieldCatalogue.standardSlot("account.parent_id")
        static let targetLists = FieldCatalogue.standardSlot("account.target_lists")
        static let name = FieldCatalogue.standardSlot("company.name")
        static let domain = FieldCatalogue.standardSlot("company.domain")
        static let industry = FieldCatalogue.standardSlot("company.industry")
        static let country = FieldCatalogue.standardSlot("company.country")
        static let region = FieldCatalogue.standardSlot("company.region")
        static let city = FieldCatalogue.standardSlot("company.city")
        static let ownership = FieldCatalogue.standardSlot("company.ownership")
        static let employees = FieldCatalogue.standardSlot("company.employees")
        static let foundedYear = FieldCatalogue.standardSlot("company.founded_year")
        static let openPositions = FieldCatalogue.standardSlot("company.open_positions")
        static let annualRevenue = FieldCatalogue.standardSlot("company.annual_revenue")
        static let technologies = FieldCatalogue.standardSlot("company.technologies")
        static let signals = FieldCatalogue.standardSlot("company.signals")
        static let lastFundingAt = FieldCatalogue.standardSlot("company.last_funding_at")
    }
}

extension FieldRecord {
    /// Blank texts and empty lists are not known, and nothing is done for them.
    fileprivate mutating func set(_ slot: Int, _ text: String) {
        if !text.isEmpty { self[slot: slot] = .text(text) }
    }

    fileprivate mutating func set(_ slot: Int, _ number: Double?) {
        if let number { self[slot: slot] = .number(number) }
    }

    fileprivate mutating func set(_ slot: Int, _ entries: [String]) {
        if !entries.isEmpty { self[slot: slot] = .list(entries.map(FieldValue.text)) }
    }
}

/// What one account id was last said to be: an account is made of one of these, or of several once others were merged
/// into it.
public struct AccountSource: Hashable, Sendable {
    public var profile: AccountProfile
    /// As it was said; blank where there is none.
    public var parentID: String
    public var createdAt: Instant
    public var updatedAt: Instant

    public init(profile: AccountProfile, parentID: String, createdAt: Instant, updatedAt: Instant) {
        self.profile = profile
        self.parentID = parentID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// An account as it is known: what it says itself, filled up with what others say that were merged into it.
///
/// It depends on which accounts belong together and which of them stayed, not on the order of the merges.
public struct MergedAccount: Hashable, Sendable {
    public let profile: AccountProfile
    /// What its sources say of its parent, the one that goes first in front.
    public let parentIDs: [String]
    /// Ids that were merged into it, sorted.
    public let formerIDs: [String]
    public let createdAt: Instant
    public let updatedAt: Instant

    /// - Parameters:
    ///   - id: the account that stayed; nil is returned where no source is its own.
    ///   - sources: its own and those of all that were merged into it, in any order. Among the others the one that was
    ///     heard of last goes first.
    public init?(id: String, sources: [AccountSource]) {
        guard let own = sources.first(where: { $0.profile.id == id }) else { return nil }
        let others = sources.filter { $0.profile.id != id }.sorted {
            ($1.updatedAt, $0.profile.id) < ($0.updatedAt, $1.profile.id)
        }
        var profile = own.profile
        for other in others { profile.fill(from: other.profile) }
        profile.join(others.map(\.profile))
        self.profile = profile
        parentIDs = ([own] + others).map(\.parentID).filter { !$0.isEmpty }
        formerIDs = others.map(\.profile.id).sorted()
        createdAt = sources.map(\.createdAt).min() ?? own.createdAt
        updatedAt = sources.map(\.updatedAt).max() ?? own.updatedAt
    }
}

/// Who owns whom.
public enum AccountHierarchy {
    /// How far up one looks; a chain that is longer is taken for a fault.
    public static let deepest = 100

    /// From an account's parent up to the top.
    ///
    /// - Parameter parent: the parent of an account; nil at the top.
    public static func ancestors(of id: String, parent: (String) throws -> String?) rethrows -> [String] {
        var chain: [String] = []
        var next = try parent(id)
        while let current = next, chain.count < deepest {
            chain.append(current)
            next = current == id ? nil : try parent(current)
        }
        return chain
    }

    /// Why an account cannot have the parent it is said to have.
    public enum Fault: Hashable, Sendable {
        /// The way from the account up, which comes round to itself.
        case cycle([String])
        /// It ends ``deepest`` levels up, or further.
        case tooDeep
    }

    /// What is wrong with the way from an account up; nil where it ends, as it must.
    public static func fault(at id: String, parent: (String) throws -> String?) rethrows -> Fault? {
        let chain = try ancestors(of: id, parent: parent)
        if chain.last == id || Set(chain).count < chain.count { return .cycle([id] + chain) }
        return chain.count == deepest ? .tooDeep : nil
    }
}
