import Contracts
import Criteria
import GRDB
import Hosting
import ICPDomain
import Kernel
import RPC
import SwiftProtobuf

/// Closed deals with the accounts they were made with, and those that have none.
struct DealJoin: Sendable {
    private(set) var leftOut: [LeftOut.Reason: LeftOut] = [:]
    let closed: Int
    /// Values in other currencies than ``currency`` are not compared.
    let currency: String
    private(set) var foreign = 0
    /// Fields of deals that were not looked at, since there are too many.
    private(set) var passedOver = 0
    static let dealFieldsAtMost = 50
    private let catalogue: FieldCatalogue
    private var accounts: [FieldRecord] = []
    private var deals: [DiscoveryInput.Deal] = []

    struct LeftOut: Sendable {
        enum Reason: String, Sendable, CaseIterable {
            case noAccountNamed = "no_account_named"
            case accountUnknown = "account_unknown"
            case accountAmbiguous = "account_ambiguous"
            case future
        }

        var deals = 0
        var examples: [String] = []
        static let examplesAtMost = 5
    }

    /// - Parameter profile: of the version in force; without one, custom fields are not looked at.
    init(
        _ recorded: [WireRecordedOpportunity], profile: TierLibrary.Profile?, now: Instant, limits: AnalysisLimits,
        _ database: Database
    ) throws {
        let catalogue = profile?.catalogue ?? FieldCatalogue()
        let currency = profile?.currency ?? Self.commonCurrency(recorded)
        closed = recorded.count
        self.catalogue = catalogue
        self.currency = currency
        let stored = try AccountStore.all(atMost: limits.accounts, database)
        var index = AccountIndex()
        for (place, view) in stored.enumerated() {
            let profile = view.account.profile
            // Accounts from before there were keys have them as they were said.
            let domains = Set(profile.domains.compactMap { DomainName($0)?.host })
            index.add(
                place, ids: [profile.id] + view.account.formerIDs, name: profile.name, domains: domains.sorted())
        }
        var places: [Int: Int] = [:]
        for entry in recorded {
            let deal = entry.opportunity
            guard Instant(deal.closedAt) <= now else {
                leaveOut(.future, deal.opportunityID)
                continue
            }
            switch index.find(Self.clues(entry)) {
            case .unnamed: leaveOut(.noAccountNamed, deal.opportunityID)
            case .unknown(let text): leaveOut(.accountUnknown, text)
            case .ambiguous(let text): leaveOut(.accountAmbiguous, text)
            case .found(let place):
                let account = places[place, default: accounts.count]
                if account == accounts.count {
                    places[place] = account
                    accounts.append(stored[place].account.profile.record(catalogue, currency: currency))
                }
                add(entry, account: account)
            }
        }
    }

    /// - Parameter fields: empty for all there are; of the deals, those that most have.
    /// - Throws: `invalid_argument` where a field does not exist, or cannot be looked at.
    mutating func input(fields: [String]) throws -> DiscoveryInput {
        let known = self.fields
        guard !fields.isEmpty else {
            let frequent = frequentProperties()
            let present = known.filter { field in
                field.isOfCompany ? accounts.contains { $0[field.name] != nil } : frequent.contains(field.name)
            }
            passedOver = known.count { !$0.isOfCompany } - frequent.count
            return DiscoveryInput(fields: present, accounts: accounts, deals: deals)
        }
        var faults: [WireFieldViolation] = []
        var wanted: [DiscoveryInput.Field] = []
        for (place, name) in fields.enumerated() {
            if let field = known.first(where: { $0.name == name }) {
                if !wanted.contains(field) { wanted.append(field) }
                continue
            }
            let nearest = NearestName.of(name, in: known.map(\.name)).map { "; did you mean \($0)?" } ?? ""
            faults.append(
                WireFieldViolation(
                    "fields[\(place)]", found: String(name.prefix(80)),
                    expected: "one of \(known.map(\.name).joined(separator: " "))\(nearest)"))
        }
        guard faults.isEmpty else { throw RPCError.invalid(faults) }
        return DiscoveryInput(fields: wanted, accounts: accounts, deals: deals)
    }

    /// Properties of the company that many can share, and those that the deals have.
    private var fields: [DiscoveryInput.Field] {
        let company = catalogue.fields.filter { field in
            field.type != .date && (Self.shared.contains(field.name) || field.name.hasPrefix("custom."))
        }
        let ofDeals = Set(deals.flatMap(\.properties.keys)).sorted()
        return company.map { DiscoveryInput.Field(name: $0.name, type: $0.type) }
            + ofDeals.map { DiscoveryInput.Field(name: DiscoveryInput.Field.dealPrefix + $0, type: .text) }
    }

    /// Fields of deals that most deals have; of equals the first by name.
    private func frequentProperties() -> Set<String> {
        var counts: [String: Int] = [:]
        for deal in deals {
            for name in deal.properties.keys { counts[name, default: 0] += 1 }
        }
        let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return Set(order.prefix(Self.dealFieldsAtMost).map { DiscoveryInput.Field.dealPrefix + $0.key })
    }

    private static let shared: Set<String> = [
        "company.industry", "company.employees", "company.annual_revenue", "company.country", "company.region",
        "company.city", "company.technologies", "company.signals",
    ]

    private mutating func leaveOut(_ reason: LeftOut.Reason, _ example: String) {
        var entry = leftOut[reason] ?? LeftOut()
        entry.deals += 1
        if entry.examples.count < LeftOut.examplesAtMost, !entry.examples.contains(example) {
            entry.examples.append(example)
        }
        leftOut[reason] = entry
    }

    private mutating func add(_ entry: WireRecordedOpportunity, account: Int) {
        let deal = entry.opportunity
        var properties = deal.dimensions.filter { !$0.value.isEmpty }
        let source = deal.source.isEmpty ? entry.lead.source : deal.source
        if !source.isEmpty { properties["source"] = source }
        var value: Double?
        if deal.hasAmount {
            if deal.amount.currency == currency { value = Money(deal.amount).major } else { foreign += 1 }
        }
        let days = Instant(deal.closedAt).seconds(since: Instant(deal.openedAt)) / 86_400
        deals.append(
            DiscoveryInput.Deal(
                won: deal.outcome == .won, account: account, value: value,
                cycle: deal.hasOpenedAt && days >= 0 ? days : nil, properties: properties))
    }

    /// By id first; an id that no account has may be a name, since in many a CRM it is.
    private static func clues(_ entry: WireRecordedOpportunity) -> [AccountIndex.Clue] {
        let deal = entry.opportunity
        let lead = entry.lead
        return [
            .init(.id, deal.accountID), .init(.id, lead.accountID), .init(.domain, deal.accountID),
            .init(.domain, lead.domain), .init(.name, deal.accountID), .init(.name, lead.company),
        ]
    }

    /// That of most amounts; the first by name of equals.
    private static func commonCurrency(_ recorded: [WireRecordedOpportunity]) -> String {
        var counts: [String: Int] = [:]
        for entry in recorded where entry.opportunity.hasAmount {
            counts[entry.opportunity.amount.currency, default: 0] += 1
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "USD"
    }
}
