import Contracts
import Kernel
import SwiftProtobuf

/// The people, pools and companies of the demo: a made-up B2B company, the same for the same seed.
struct DemoWorld: Sendable {
    /// A market with its own pool names, calendar and share of the leads.
    struct Market: Sendable {
        var territory: String
        var share: Double
        /// Of its business day from UTC, in hours: near enough for when people work.
        var offsetHours: Int64
        var countries: [String]
        var enterprisePool: String
        var smallPool: String
    }

    /// Where leads come from, and how good they are.
    struct Source: Sendable {
        var name: String
        var channel: String
        var campaigns: [String]
        var share: Double
        /// Times as likely as the average to show interest.
        var interest: Double
        var motion: String
    }

    struct Person: Sendable {
        var rep: WireRep
        var pools: [(id: String, weight: Int32)]
        /// Hours from a handoff to the rep's first look, in the median.
        var medianHours: Double
    }

    static let markets = [
        Market(
            territory: "emea", share: 0.42, offsetHours: 1, countries: ["DE", "FR", "GB", "NL", "SE"],
            enterprisePool: "emea-enterprise", smallPool: "emea-smb"),
        Market(
            territory: "amer", share: 0.41, offsetHours: -5, countries: ["US", "CA", "BR"],
            enterprisePool: "amer-enterprise", smallPool: "amer-smb"),
        Market(
            territory: "apac", share: 0.17, offsetHours: 8, countries: ["SG", "AU", "JP"],
            enterprisePool: "apac", smallPool: "apac"),
    ]

    static let sources = [
        Source(
            name: "organic_search", channel: "organic", campaigns: ["blog", "docs", "comparison-pages"], share: 0.27,
            interest: 1.1, motion: "inbound"),
        Source(
            name: "paid_search", channel: "paid", campaigns: ["brand", "category", "competitors"], share: 0.19,
            interest: 1.0, motion: "inbound"),
        Source(
            name: "social", channel: "social", campaigns: ["linkedin-video", "linkedin-leadgen"], share: 0.15,
            interest: 0.6, motion: "inbound"),
        Source(
            name: "webinar", channel: "event", campaigns: ["forecasting-101", "data-teams-live"], share: 0.12,
            interest: 1.5, motion: "inbound"),
        Source(
            name: "referral", channel: "referral", campaigns: ["partners"], share: 0.08, interest: 1.9,
            motion: "inbound"),
        Source(
            name: "outbound", channel: "outbound", campaigns: ["sdr-q3"], share: 0.12, interest: 0.8, motion: "outbound"
        ),
        Source(
            name: "target_accounts", channel: "abm", campaigns: ["enterprise-100"], share: 0.07, interest: 1.7,
            motion: "account_based"),
    ]

    static let firstNames = [
        "Ada", "Ben", "Chen", "Dana", "Emil", "Fatma", "Goran", "Hana", "Ines", "Jonas", "Kira", "Luis",
    ]
    static let lastNames = [
        "Adler", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hoshino", "Ivanov", "Jensen",
    ]
    private static let stems = [
        "Alder", "Bright", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Keystone",
        "Lumen", "Meridian", "Nimbus", "Orchard", "Pioneer", "Quarry", "Ridge", "Summit", "Tandem",
    ]
    private static let kinds = [
        "Analytics", "Bank", "Freight", "Foods", "Health", "Insurance", "Labs", "Logistics", "Media", "Motors",
        "Retail", "Robotics", "Software", "Telecom", "Textiles",
    ]
    private static let industries = [
        "software", "financial_services", "logistics", "food", "healthcare", "financial_services", "software",
        "logistics", "media", "manufacturing", "retail", "manufacturing", "software", "telecommunications",
        "manufacturing",
    ]

    let people: [Person]
    let accounts: [WireAccount]
    private let accountsByTerritory: [String: [WireAccount]]

    /// - Parameter leads: of the quarter; salespeople can have as many at once as that asks for.
    init(seed: UInt64, leads: Int = 0) {
        var random = SeededRandom(seed: seed)
        people = Self.people(capacity: Int32(clamping: max(40, leads / 75)), &random)
        accounts = Self.accounts(&random)
        accountsByTerritory = Dictionary(grouping: accounts, by: \.region)
    }

    func accounts(in market: Market) -> [WireAccount] { accountsByTerritory[market.territory] ?? [] }

    var pools: [WirePool] {
        var members: [String: [WirePoolMember]] = [:]
        for person in people {
            for pool in person.pools {
                members[pool.id, default: []].append(
                    .with {
                        $0.repID = person.rep.repID
                        $0.weight = pool.weight
                    })
            }
        }
        return members.keys.sorted().map { id in
            .with {
                $0.poolID = id
                $0.name = id
                $0.members = members[id] ?? []
            }
        }
    }

    private static func people(capacity: Int32, _ random: inout SeededRandom) -> [Person] {
        var people: [Person] = []
        func add(_ team: String, _ pools: [(id: String, weight: Int32)], count: Int, hours: Double) {
            for _ in 0..<count {
                let number = people.count
                let name = "\(firstNames[number % firstNames.count]) \(lastNames[(number * 7 + 3) % lastNames.count])"
                let rep = WireRep.with {
                    $0.repID = "rep-\(number < 9 ? "0" : "")\(number + 1)"
                    $0.name = name
                    $0.email = "\(name.lowercased().split(separator: " ").joined(separator: "."))@northwind.example"
                    $0.managerID = "manager-\(team)"
                    $0.team = team
                    $0.capacity = capacity
                }
                people.append(
                    Person(rep: rep, pools: pools, medianHours: hours * Double.random(in: 0.6...1.7, using: &random)))
            }
        }
        add("emea", [("emea-enterprise", 1)], count: 3, hours: 1.2)
        add("emea", [("emea-smb", 2), ("generalists", 1)], count: 4, hours: 1.6)
        add("amer", [("amer-enterprise", 1)], count: 3, hours: 1.1)
        add("amer", [("amer-smb", 2), ("generalists", 1)], count: 4, hours: 1.9)
        add("apac", [("apac", 1)], count: 3, hours: 2.4)
        return people
    }

    private static func accounts(_ random: inout SeededRandom) -> [WireAccount] {
        (0..<stems.count * kinds.count).map { number in
            let kind = number % kinds.count
            let name = "\(stems[number / kinds.count]) \(kinds[kind])"
            let market = pick(markets, by: \.share, &random)
            let employees = Int64(Double(10) * exponential(base: 1_000, Double.random(in: 0...1, using: &random)))
            return .with {
                $0.accountID = "acc-\(number + 1)"
                $0.name = name
                $0.domains = ["\(name.lowercased().split(separator: " ").joined(separator: "-")).example"]
                $0.industry = industries[kind]
                $0.employees = employees
                $0.annualRevenue =
                    Money(
                        minorUnits: employees * Int64.random(in: 80_000...260_000, using: &random) * 100,
                        currency: "USD"
                    ).wire
                $0.country = market.countries.randomElement(using: &random) ?? "US"
                $0.region = market.territory
                $0.technologies = ["salesforce", "snowflake", "hubspot", "dbt", "tableau"].filter { _ in
                    Double.random(in: 0...1, using: &random) < 0.35
                }
                $0.signals = ["funding_round", "hiring_data_team", "new_cro"].filter { _ in
                    Double.random(in: 0...1, using: &random) < 0.14
                }
            }
        }
    }

    /// `base` to the power of `exponent`, for a base of 1,000, without a maths library: by halving the exponent.
    private static func exponential(base: Double, _ exponent: Double) -> Double {
        var result = 1.0
        var root = base
        var rest = exponent
        for _ in 0..<40 {
            root = root.squareRoot()
            rest *= 2
            if rest >= 1 {
                result *= root
                rest -= 1
            }
        }
        return result
    }

    /// One of the elements, as likely as its share.
    static func pick<Element>(
        _ elements: [Element], by share: (Element) -> Double, _ random: inout SeededRandom
    ) -> Element {
        var rest = Double.random(in: 0..<elements.reduce(0) { $0 + share($1) }, using: &random)
        for element in elements {
            rest -= share(element)
            if rest < 0 { return element }
        }
        return elements[elements.count - 1]
    }
}
