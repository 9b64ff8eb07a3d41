import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Kernel
import RPC
import SwiftProtobuf

/// Two months of a small company, years ago, in files as `accord replay` reads them, and what its salespeople did
/// then: the same for the same seed.
struct PastHistory {
    static let leadCount = 250
    private static let start = Instant(seconds: 1_719_817_200)

    /// Nothing in it moves a lead by the clock: who works a lead would follow from when timers fire.
    private static let agreement = """
        name: Past
        scoring:
          fit:
            - {id: size, points: 60, when: {field: company.employees, op: gte, value: 200}}
            - {id: industry, points: 40, when: {field: company.industry, op: in, value: [software, logistics]}}
          engagement:
            - {id: pricing, event: pricing_page_viewed, points: 30, cap: 90, decay: exponential, half_life: 7d}
            - {id: view, event: page_view, points: 5, cap: 20, decay: linear, window: 21d}
          qualification: {threshold: 42, hand_raisers: [demo_requested]}
        routing:
          fallback_pool: everyone
          rejection_reasons:
            - {code: no_budget, description: There is no budget, then: nurture}
        sla:
          calendars:
            - {id: berlin, zone: Europe/Berlin, hours: [{days: [mon, tue, wed, thu, fri], intervals: ["09:00-17:00"]}]}
          timers:
            - {id: accept, duration: 4h, calendar: berlin, stops_on: [accepted, rejected], on_breach: [notify_manager]}
        """

    private static let plan = """
        agreement: agreement.yaml
        inputs:
          - kind: accounts
            file: accounts.csv
            columns: {account_id: id, name: name, domains: domain, industry: industry}
          - kind: leads
            file: leads.csv
            columns:
              lead_id: id
              created_at: at
              source: source
              company.account_id: account
              company.industry: industry
              company.employees: size
          - kind: engagements
            file: engagements.csv
            columns: {engagement_id: id, lead_id: lead, kind: kind, channel: channel, occurred_at: at}
          - kind: touches
            file: touches.csv
            columns: {touch_id: id, lead_id: lead, channel: channel, campaign: campaign, occurred_at: at}
          - kind: opportunities
            file: deals.csv
            columns:
              opportunity_id: id
              lead_id: lead
              outcome: outcome
              amount: {column: amount, currency: EUR}
              opened_at: opened
              closed_at: closed
        """

    let seed: UInt64
    var leads: [String] { (1...Self.leadCount).map { "l-\($0)" } }

    // MARK: - Files

    /// - Returns: the plan's path.
    func write(into folder: TemporaryFolder) throws -> String {
        var random = SeededRandom(seed: seed)
        var accounts = ["id,name,domain,industry"]
        var leads = ["id,at,source,account,industry,size"]
        var engagements = ["id,lead,kind,channel,at"]
        var touches = ["id,lead,channel,campaign,at"]
        var deals = ["id,lead,outcome,amount,opened,closed"]
        for number in 1...20 {
            accounts.append("a-\(number),Company \(number),c\(number).example,\(Self.industry(number))")
        }
        for number in 1...Self.leadCount {
            let account = Int.random(in: 1...20, using: &random)
            let size = [20, 150, 250, 900].randomElement(using: &random) ?? 20
            let source = ["webinar", "organic", "referral"].randomElement(using: &random) ?? ""
            let created = later(than: Self.start, hours: 0...1_200, &random)
            leads.append("l-\(number),\(created.text),\(source),a-\(account),\(Self.industry(account)),\(size)")
            for visit in 0..<Int.random(in: 0...5, using: &random) {
                let kind = visits.randomElement(using: &random) ?? ""
                let at = later(than: created, hours: 0...500, &random).text
                engagements.append("e-\(number)-\(visit),l-\(number),\(kind),website,\(at)")
            }
            for touch in 0..<Int.random(in: 0...3, using: &random) {
                let channel = ["event", "paid", "email"].randomElement(using: &random) ?? ""
                let at = later(than: created, hours: 0...300, &random).text
                touches.append("t-\(number)-\(touch),l-\(number),\(channel),spring,\(at)")
            }
            guard number % 4 == 0 else { continue }
            let opened = later(than: created, hours: 300...600, &random)
            let amount = Int.random(in: 1_000...90_000, using: &random)
            deals.append("o-\(number),l-\(number),open,\(amount),\(opened.text),")
            let outcome = Bool.random(using: &random) ? "won" : "lost"
            let closed = later(than: opened, hours: 24...900, &random).text
            deals.append("o-\(number),l-\(number),\(outcome),\(amount),\(opened.text),\(closed)")
        }
        for (name, lines) in [
            ("accounts", accounts), ("leads", leads), ("engagements", engagements), ("touches", touches),
            ("deals", deals),
        ] {
            _ = try folder.file("\(name).csv", lines.joined(separator: "\n") + "\n")
        }
        _ = try folder.file("agreement.yaml", Self.agreement)
        return try folder.file("replay.yaml", Self.plan)
    }

    private let visits = ["page_view", "page_view", "pricing_page_viewed", "pricing_page_viewed", "demo_requested"]

    private static func industry(_ account: Int) -> String { account % 3 == 0 ? "retail" : "software" }

    private func later(than instant: Instant, hours: ClosedRange<Int64>, _ random: inout SeededRandom) -> Instant {
        instant.adding(TimeSpan(seconds: Int64.random(in: hours, using: &random) * 3_600 + 60))
    }

    // MARK: - People

    func hire(_ clients: SuiteClients) async throws {
        let weights: KeyValuePairs<String, Int32> = ["ana": 2, "ben": 1, "cleo": 1]
        _ = try await clients.routing.upsertReps(
            .with {
                $0.reps = weights.map { person in
                    .with {
                        $0.repID = person.key
                        $0.name = person.key
                        $0.team = "inside"
                    }
                }
            })
        _ = try await clients.routing.upsertPools(
            .with {
                $0.pools = [
                    .with {
                        $0.poolID = "everyone"
                        $0.name = "Everyone"
                        $0.members = weights.map { person in
                            .with {
                                $0.repID = person.key
                                $0.weight = person.value
                            }
                        }
                    }
                ]
            })
    }

    /// What the salespeople did with their handoffs, lead by lead, told afterwards.
    func act(_ clients: SuiteClients) async throws {
        var handoffs: [WireHandoff] = []
        var token = ""
        repeat {
            let page = try await clients.routing.listHandoffs(.with { $0.page.pageToken = token })
            handoffs += page.handoffs
            token = page.nextPageToken
        } while !token.isEmpty
        var random = SeededRandom(seed: seed ^ 0xac7)
        for handoff in handoffs.sorted(by: { $0.leadID < $1.leadID }) {
            let looked = Instant(handoff.assignedAt).adding(.minutes(Int64.random(in: 5...600, using: &random)))
            switch Int.random(in: 0..<10, using: &random) {
            case 0: break
            case 1...3:
                _ = try await clients.routing.rejectHandoff(
                    .with {
                        $0.handoffID = handoff.handoffID
                        $0.actor = handoff.repID
                        $0.occurredAt = looked.wire
                        $0.reasonCode = "no_budget"
                        $0.reasonDetail = "next year"
                    })
            case let fate:
                try await accept(handoff, at: looked, isGood: fate > 5, clients)
            }
        }
    }

    private func accept(_ handoff: WireHandoff, at: Instant, isGood: Bool, _ clients: SuiteClients) async throws {
        _ = try await clients.routing.acceptHandoff(
            .with {
                $0.handoffID = handoff.handoffID
                $0.actor = handoff.repID
                $0.occurredAt = at.wire
            })
        _ = try await clients.routing.recordActivity(
            .with {
                $0.handoffID = handoff.handoffID
                $0.actor = handoff.repID
                $0.occurredAt = at.adding(.minutes(30)).wire
                $0.kind = "call"
                $0.activityID = "call-\(handoff.leadID)"
            })
        guard isGood else { return }
        _ = try await clients.routing.qualifyHandoff(
            .with {
                $0.handoffID = handoff.handoffID
                $0.actor = handoff.repID
                $0.occurredAt = at.adding(.hours(2)).wire
                $0.note = "discovery call booked"
            })
    }
}
