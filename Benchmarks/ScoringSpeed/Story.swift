import Contracts
import Kernel
import SwiftProtobuf

/// A year of leads and what they do, made up: each lead and each of its visits follows from the seed and its number
/// alone, so that they are made as they are told.
///
/// A lead does ten things in three visits: when it comes to be, about five days later, and about 25 days later. One in a
/// hundred of the last ones is told too late to count, one in thirty-three leads gets other fields, and one in a thousand
/// turns out to be the same as the one before it.
struct Story: Sendable {
    static let visits = [3, 3, 4]
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    static func id(_ lead: Int) -> String { "lead-\(padded(lead, 8))" }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private func random(_ lead: Int, _ part: UInt64) -> SeededRandom {
        SeededRandom(seed: Partition.mix(seed &+ UInt64(lead) &* 0x9e37_79b9_7f4a_7c15 &+ part))
    }

    /// How much a lead wants it, 0 to 1; most want little.
    private func interest(_ lead: Int) -> Double {
        var random = random(lead, 1)
        let even = Double.random(in: 0..<1, using: &random)
        return even * even * even * even * even
    }

    func lead(_ number: Int, at moment: Instant) -> WireLead {
        var random = random(number, 2)
        func one(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &random)] }
        let company = Int.random(in: 0..<20_000, using: &random)
        let country = one([
            "US", "US", "US", "CA", "GB", "DE", "FR", "NL", "SE", "ES", "SG", "AU", "JP", "BR", "IN", "PL",
        ])
        var lead = WireLead()
        lead.leadID = Self.id(number)
        lead.person = .with {
            $0.name = "Ana Example \(number)"
            $0.email = "ana.\(number)@company\(company).example"
            $0.title = one([
                "Head of data", "VP finance", "Analyst", "Director analytics", "Engineer", "Student", "Buyer",
            ])
            $0.seniority = one(["c_level", "vp", "director", "head", "manager", "individual", "individual"])
            $0.department = one(["data", "finance", "marketing", "engineering", "operations", "sales"])
            $0.country = country
            $0.language = "en"
        }
        lead.company = .with {
            $0.name = "Company \(company)"
            $0.domain = "company\(company).example"
            $0.industry = one(["software", "financial services", "retail", "education", "energy", "media"])
            $0.employees = Int64.random(in: 5...4_000, using: &random)
            $0.annualRevenue.minorUnits = Int64.random(in: 10_000_000...5_000_000_000, using: &random)
            $0.annualRevenue.currency = "USD"
            $0.country = country
            $0.technologies = [one(["snowflake", "bigquery", "excel", "tableau", "sap"])]
            if Int.random(in: 0..<10, using: &random) == 0 { $0.signals = ["funding"] }
        }
        lead.source = one(["organic_search", "webinar", "referral", "paid_search", "event"])
        lead.channel = "web"
        lead.campaign = one(["spring_launch", "year_end", "evergreen"])
        lead.segment = one(["smb", "mid_market", "enterprise"])
        lead.territory = one(["amer", "emea", "apac"])
        lead.createdAt = moment.wire
        lead.custom["data_team_size"] = Google_Protobuf_Value(
            numberValue: Double(Int.random(in: 0..<8, using: &random)))
        return lead
    }

    /// What the CRM says of a lead later; nil for most.
    func change(_ number: Int, at moment: Instant) -> WireLead? {
        var random = random(number, 3)
        guard Int.random(in: 0..<33, using: &random) == 0 else { return nil }
        return .with {
            $0.leadID = Self.id(number)
            $0.sourceSystem = "crm"
            $0.changedAt = moment.wire
            $0.company.employees = Int64.random(in: 5...4_000, using: &random)
            $0.person.seniority = Bool.random(using: &random) ? "vp" : "individual"
            $0.custom["budget_confirmed"] = Google_Protobuf_Value(boolValue: Bool.random(using: &random))
        }
    }

    static func isTwin(_ number: Int) -> Bool { number % 1_000 == 999 }

    /// - Parameter moment: when the visit ended.
    func visit(_ visit: Int, of number: Int, before moment: Instant) -> [WireEngagement] {
        var random = random(number, 10 + UInt64(visit))
        let interest = interest(number)
        let first = Self.visits[..<visit].reduce(0, +)
        return (0..<Self.visits[visit]).map { place in
            let step = TimeSpan(seconds: -.random(in: 1...900, using: &random) - Int64(place) * 900)
            var at = moment.adding(step)
            if visit == 2, Int.random(in: 0..<100, using: &random) == 0 { at = at.adding(.days(-40)) }
            if visit == 1, Int.random(in: 0..<30, using: &random) == 0 { at = at.adding(.days(-2)) }
            return engagement(number, first + place, at: at, interest, &random)
        }
    }

    private func engagement(
        _ lead: Int, _ place: Int, at moment: Instant, _ interest: Double, _ random: inout SeededRandom
    ) -> WireEngagement {
        func one(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &random)] }
        let isKeen = Double.random(in: 0..<1, using: &random) < interest
        let kind = isKeen ? one(Self.keenKinds) : one(Self.idleKinds)
        return .with {
            $0.engagementID = "e\(Self.padded(lead, 8))-\(Self.padded(place, 2))"
            $0.leadID = Self.id(lead)
            $0.kind = kind
            $0.channel = one(["web", "email", "direct", "organic_search", "paid_search"])
            $0.campaign = one(["", "", "spring_launch", "trial_offer", "evergreen"])
            $0.contentID = Self.contents[kind].map { one($0) } ?? ""
            $0.occurredAt = moment.wire
        }
    }

    private static let keenKinds = [
        "pricing_page_viewed", "case_study_viewed", "webinar_registered", "webinar_attended", "content_downloaded",
        "content_downloaded", "trial_started", "product_used", "product_used", "product_used", "chat_started",
        "event_attended", "page_view", "email_clicked", "pricing_page_viewed", "demo_requested", "page_view",
        "product_used", "email_clicked", "case_study_viewed", "webinar_registered", "product_used", "page_view",
        "email_opened",
    ]
    private static let idleKinds = [
        "page_view", "page_view", "page_view", "page_view", "email_opened", "email_opened", "email_opened",
        "email_clicked", "newsletter_subscribed", "content_downloaded", "page_view", "webinar_registered",
        "unsubscribed", "email_bounced", "page_view", "page_view",
    ]
    private static let contents = [
        "page_view": ["home", "docs/start", "product/tour", "blog/metrics", "careers/data"],
        "case_study_viewed": ["case/retail", "case/bank"],
        "content_downloaded": ["report/benchmark", "roi/sheet", "guide/metrics"],
        "webinar_attended": ["webinar/product", "webinar/trends"],
        "product_used": ["dashboard", "dashboard", "invite"],
    ]
}
