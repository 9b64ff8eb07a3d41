import Contracts
import Foundation
import Kernel
import SwiftProtobuf

/// What the demo's salespeople do with a handoff: the same for the same seed.
struct DemoSales: Sendable {
    /// Something that happens at a moment.
    struct Action: Sendable {
        enum Kind: Sendable {
            case accept(handoff: String, rep: String)
            case touch(handoff: String, rep: String, kind: String, number: Int)
            case qualify(handoff: String, rep: String)
            case reject(handoff: String, rep: String, reason: String, detail: String)
            /// Only where the rep came to qualify the handoff.
            case opportunity(handoff: String, WireOpportunity)
        }
        var at: Instant
        var kind: Kind
    }

    private let world: DemoWorld
    private let pace: [String: Double]
    private var random: SeededRandom

    init(world: DemoWorld, seed: UInt64) {
        self.world = world
        pace = Dictionary(
            world.people.map { ($0.rep.repID, $0.medianHours) }, uniquingKeysWith: { first, _ in first })
        random = SeededRandom(seed: seed ^ 0x5a1e)
    }

    /// The plan of a rep who is given a lead at a moment.
    mutating func plan(for assigned: WireHandoffAssigned, at: Instant) -> [Action] {
        let handoff = assigned.handoff.handoffID
        let rep = assigned.handoff.repID
        let lead = assigned.handoff.lead
        let looked = workingTime(after: at, hours: delay(median: pace[rep] ?? 2), territory: lead.territory)
        if chance(0.07) { return [] }
        if chance(rejection(of: lead)) {
            let (reason, detail) = Self.reasons.randomElement(using: &random) ?? ("not_a_fit", "")
            return [Action(at: looked, kind: .reject(handoff: handoff, rep: rep, reason: reason, detail: detail))]
        }
        var actions = [Action(at: looked, kind: .accept(handoff: handoff, rep: rep))]
        var moment = looked
        for number in 0..<Int.random(in: 1...3, using: &random) {
            moment = workingTime(after: moment, hours: delay(median: number == 0 ? 2.5 : 5), territory: lead.territory)
            let kind = ["call", "email", "meeting", "social"].randomElement(using: &random) ?? "call"
            actions.append(Action(at: moment, kind: .touch(handoff: handoff, rep: rep, kind: kind, number: number)))
        }
        guard chance(0.58) else {
            if chance(0.8) {
                let at = workingTime(after: moment, hours: delay(median: 6), territory: lead.territory)
                actions.append(
                    Action(
                        at: at,
                        kind: .reject(handoff: handoff, rep: rep, reason: "no_budget", detail: "no budget this year")))
            }
            return actions
        }
        moment = workingTime(after: moment, hours: delay(median: 7), territory: lead.territory)
        actions.append(Action(at: moment, kind: .qualify(handoff: handoff, rep: rep)))
        return actions + deal(of: assigned, qualified: moment)
    }

    private mutating func deal(of assigned: WireHandoffAssigned, qualified: Instant) -> [Action] {
        let (handoff, lead) = (assigned.handoff.handoffID, assigned.handoff.lead)
        guard chance(0.74) else { return [] }
        let opened = workingTime(after: qualified, hours: delay(median: 20), territory: lead.territory)
        let size = Self.dealSizes[lead.segment] ?? 8_000
        let amount = (size * exp(gaussian() * 0.45) / 100).rounded() * 100
        let opportunity = WireOpportunity.with {
            $0.opportunityID = "opp-\(lead.leadID)"
            $0.leadID = lead.leadID
            $0.accountID = lead.accountID
            $0.stage = "proposal"
            $0.outcome = .open
            $0.amount = Money(minorUnits: Int64(amount) * 100, currency: "USD").wire
            $0.listValue = Money(minorUnits: Int64(amount * 1.15) * 100, currency: "USD").wire
            $0.openedAt = opened.wire
            $0.source = lead.source
            $0.repID = assigned.handoff.repID
            $0.team = assigned.handoff.team
            $0.dimensions = ["segment": lead.segment, "territory": lead.territory]
        }
        var actions = [Action(at: opened, kind: .opportunity(handoff: handoff, opportunity))]
        let days = (lead.segment == "enterprise" ? 34.0 : 15.0) * exp(gaussian() * 0.5)
        let closed = opened.adding(TimeSpan(seconds: Int64(days * 86_400)))
        let won = chance(Self.winRates[lead.tier] ?? 0.15)
        var end = opportunity
        end.stage = won ? "won" : "lost"
        end.outcome = won ? .won : .lost
        end.closedAt = closed.wire
        actions.append(Action(at: closed, kind: .opportunity(handoff: handoff, end)))
        return actions
    }

    /// Median value of a deal in dollars, by segment.
    private static let dealSizes = ["enterprise": 42_000.0, "mid_market": 16_000.0, "small_business": 5_200.0]
    /// By ICP tier.
    private static let winRates = ["A": 0.42, "B": 0.3, "C": 0.2]
    private static let reasons = [
        ("not_a_fit", "team of two, no data warehouse"), ("no_budget", "budget frozen until next year"),
        ("bad_timing", "contract with another vendor until March"), ("wrong_contact", "intern collecting material"),
        ("unreachable", "five attempts without an answer"),
    ]

    private func rejection(of lead: WireLeadFacts) -> Double {
        switch lead.source {
        case "social": 0.34
        case "outbound": 0.26
        case "referral": 0.1
        default: 0.19
        }
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    /// Hours, log-normal about the median.
    private mutating func delay(median: Double) -> Double {
        median * exp(gaussian() * 0.8)
    }

    /// Box and Muller's transform.
    private mutating func gaussian() -> Double {
        let first = Double.random(in: 0.000_001..<1, using: &random)
        let second = Double.random(in: 0..<1, using: &random)
        return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
    }

    /// Adds hours of work (Monday to Friday, nine to six in the market) to a moment.
    private func workingTime(after moment: Instant, hours: Double, territory: String) -> Instant {
        let offset = (DemoWorld.markets.first { $0.territory == territory } ?? DemoWorld.markets[0]).offsetHours * 3_600
        var local = moment.seconds + offset
        var rest = max(60, Int64(hours * 3_600))
        while rest > 0 {
            let day = local - local % 86_400
            let (open, close) = (day + 9 * 3_600, day + 18 * 3_600)
            if CivilDate(daysSince1970: day / 86_400).weekday >= 6 || local >= close {
                local = day + 86_400 + 9 * 3_600
                continue
            }
            local = max(local, open)
            let worked = min(rest, close - local)
            local += worked
            rest -= worked
        }
        return Instant(seconds: local - offset)
    }
}

extension DemoSales.Action.Kind {
    /// What it means to Routing; nil of an opportunity.
    func act(at: Instant) -> WireHandoffAct.OneOf_Act? {
        switch self {
        case .accept(let handoff, let rep):
            .accept(
                .with {
                    $0.handoffID = handoff
                    $0.actor = rep
                    $0.occurredAt = at.wire
                })
        case .touch(let handoff, let rep, let kind, let number):
            .activity(
                .with {
                    $0.handoffID = handoff
                    $0.actor = rep
                    $0.occurredAt = at.wire
                    $0.kind = kind
                    $0.activityID = "\(handoff)-\(rep)-\(number)"
                })
        case .qualify(let handoff, let rep):
            .qualify(
                .with {
                    $0.handoffID = handoff
                    $0.actor = rep
                    $0.occurredAt = at.wire
                    $0.note = "discovery call booked"
                })
        case .reject(let handoff, let rep, let reason, let detail):
            .reject(
                .with {
                    $0.handoffID = handoff
                    $0.actor = rep
                    $0.occurredAt = at.wire
                    $0.reasonCode = reason
                    $0.reasonDetail = detail
                })
        case .opportunity: nil
        }
    }
}
