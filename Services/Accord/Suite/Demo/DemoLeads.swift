import Contracts
import Foundation
import Kernel
import SwiftProtobuf

/// Makes the leads of the demo and what they do, in the order in which they arrive: the same for the same seed.
struct DemoLeads: Sendable {
    private let world: DemoWorld
    private var arrivals: DemoArrivals
    private var random: SeededRandom
    private var leads = 0
    private var engagements = 0

    init(world: DemoWorld, settings: DemoSettings) {
        self.world = world
        arrivals = DemoArrivals(world: world, settings: settings)
        random = SeededRandom(seed: settings.seed ^ 0x1ead)
    }

    /// When the next lead arrives; nil after the last.
    var nextArrival: Instant? { arrivals.next?.at }

    /// The next lead and its engagement, in the order of time; some of it may lie behind the end of the quarter.
    ///
    /// - Parameter count: of engagements; as many as its interest suggests by default.
    mutating func next(count: Int? = nil) -> (lead: WireLead, engagements: [WireEngagement])? {
        guard let arrival = arrivals.take() else { return nil }
        leads += 1
        let source = DemoWorld.pick(DemoWorld.sources, by: \.share, &random)
        let account = world.accounts(in: arrival.market).randomElement(using: &random) ?? WireAccount()
        let campaign = source.campaigns.randomElement(using: &random) ?? ""
        let lead = lead(leads, source, campaign, account, arrival.market, arrival.at)
        return (lead, engagements(of: lead, source, campaign, arrival.at, count))
    }

    private mutating func lead(
        _ number: Int, _ source: DemoWorld.Source, _ campaign: String, _ account: WireAccount,
        _ market: DemoWorld.Market, _ created: Instant
    ) -> WireLead {
        let first = DemoWorld.firstNames.randomElement(using: &random) ?? ""
        let last = DemoWorld.lastNames.randomElement(using: &random) ?? ""
        let seniority = ["c_level", "vp", "director", "manager", "individual", "student"]
        let levels = [0.06, 0.12, 0.22, 0.3, 0.26, 0.04]
        let level = DemoWorld.pick(Array(0..<6), by: { levels[$0] }, &random)
        let department =
            ["data", "finance", "marketing", "operations", "sales", "it"].randomElement(using: &random) ?? ""
        let person = WirePerson.with {
            $0.name = "\(first) \(last)"
            $0.email = "\(first).\(last).\(number)@\(account.domains.first ?? "")".lowercased()
            $0.seniority = seniority[level]
            $0.department = department
            $0.title = level == 5 ? "Student" : "\(seniority[level]) \(department)"
            $0.country = account.country
            $0.language = "en"
        }
        return .with {
            $0.leadID = Self.id("lead", number, digits: 6)
            $0.person = person
            $0.company = Self.company(account)
            $0.source = source.name
            $0.channel = source.channel
            $0.campaign = campaign
            $0.motion = source.motion
            $0.segment =
                account.employees >= 1_000 ? "enterprise" : account.employees >= 100 ? "mid_market" : "small_business"
            $0.territory = market.territory
            $0.createdAt = created.wire
        }
    }

    private static func company(_ account: WireAccount) -> WireCompany {
        .with {
            $0.accountID = account.accountID
            $0.name = account.name
            $0.domain = account.domains.first ?? ""
            $0.industry = account.industry
            $0.employees = account.employees
            $0.annualRevenue = account.annualRevenue
            $0.country = account.country
            $0.region = account.region
            $0.technologies = account.technologies
            $0.signals = account.signals
        }
    }

    /// Of one length, as ids of real systems are: so they sort by number, and what belongs to new leads is stored side
    /// by side.
    private static func id(_ kind: String, _ number: Int, digits: Int) -> String {
        let text = String(number)
        return kind + "-" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    private mutating func engagements(
        of lead: WireLead, _ source: DemoWorld.Source, _ campaign: String, _ created: Instant, _ wanted: Int?
    ) -> [WireEngagement] {
        let interest = source.interest * Double.random(in: 0.2...1.6, using: &random)
        let count = wanted ?? max(1, Int(interest * 6))
        var at = created
        var result: [WireEngagement] = []
        for _ in 0..<count {
            let kind = kind(interest: interest, first: result.isEmpty, source)
            engagements += 1
            let number = engagements
            result.append(
                .with {
                    $0.engagementID = Self.id("eng", number, digits: 7)
                    $0.leadID = lead.leadID
                    $0.kind = kind
                    $0.channel = Self.channel(of: kind, source)
                    $0.campaign = campaign
                    $0.contentID = Self.content(of: kind)
                    $0.occurredAt = at.wire
                })
            at = at.adding(pause(interest: interest))
        }
        return result
    }

    /// To the next thing that the lead does: some minutes in three cases of five, within one visit, else days.
    private mutating func pause(interest: Double) -> TimeSpan {
        let wait = -log(Double.random(in: 0.0001...1, using: &random))
        let isSameVisit = Double.random(in: 0..<1, using: &random) < 0.6
        return TimeSpan(seconds: Int64(wait * (isSameVisit ? 240 : 3_600 * 60 / max(interest, 0.3))))
    }

    private mutating func kind(interest: Double, first: Bool, _ source: DemoWorld.Source) -> String {
        if first, source.name == "webinar" { return "webinar_registered" }
        return DemoWorld.pick(Self.kinds, by: { $0.share + $0.byInterest * interest }, &random).name
    }

    /// What leads do, and how likely: as a share of its own, and with the interest of the lead.
    private static let kinds: [(name: String, share: Double, byInterest: Double)] = [
        ("page_view", 4, 0), ("email_clicked", 1.6, 0), ("content_downloaded", 1.2, 0), ("pricing_page_viewed", 0, 1),
        ("webinar_registered", 0.6, 0), ("webinar_attended", 0.5, 0), ("chat_started", 0.3, 0),
        ("event_attended", 0.2, 0), ("trial_started", 0, 0.22), ("demo_requested", 0, 0.16),
    ]

    private static func channel(of kind: String, _ source: DemoWorld.Source) -> String {
        switch kind {
        case "email_clicked": "email"
        case "webinar_registered", "webinar_attended", "event_attended": "event"
        case "chat_started", "pricing_page_viewed", "trial_started", "demo_requested": "website"
        default: source.channel
        }
    }

    private static func content(of kind: String) -> String {
        switch kind {
        case "content_downloaded": "guide-to-forecasting"
        case "webinar_registered", "webinar_attended": "webinar-data-teams"
        default: ""
        }
    }
}
