import Contracts
import ICPDomain
import Kernel
import RPC
import SwiftProtobuf

/// Asks Scoring and Routing what they would do with the stored leads under two agreements, and counts what changes.
struct ImpactEstimate {
    let scoring: WireScoringServiceClient
    let routing: WireRoutingServiceClient
    let pair: AgreementPair
    /// The one instant at which all leads are judged.
    let asOf: Instant
    let context: RPCContext

    /// - Parameter examples: leads that are named for each kind of change.
    /// - Throws: what Scoring says to the first page; what fails later is told in the result.
    func run(examples: Int) async throws -> WireImpact {
        var tally = ImpactTally(examples: examples)
        var pace = CallPace(deadline: context.deadline)
        var owners = OwnerQuestion(self)
        var gaps: [WireNotComputed] = []
        var token = ""
        var isFirst = true
        while isFirst || !token.isEmpty {
            guard isFirst || pace.hasTimeForAnother() else {
                gaps.append(.leads("the time of the call was over after \(tally.leads) leads: ask with a longer one"))
                break
            }
            do {
                let page = try await page(token)
                if isFirst, let gap = WireNotComputed(partitions: page.partitions) { gaps.append(gap) }
                let found = await owners.answer(page.leads)
                for lead in page.leads { tally.add(LeadMove(lead, owners: found[lead.leadID])) }
                token = page.nextPageToken
            } catch let error as RPCError where !isFirst {
                gaps.append(.leads("after \(tally.leads) leads Scoring said: \(error.message)"))
                break
            }
            isFirst = false
        }
        return WireImpact(tally, asOf: asOf, notComputed: gaps + owners.gaps)
    }

    private func page(_ token: String) async throws -> WireCompareScoringResponse {
        try await scoring.compareScoring(
            .with {
                if let before = pair.before { $0.before = before.agreement }
                $0.after = pair.after.agreement
                $0.asOf = asOf.wire
                $0.page.pageSize = asksBehaviour ? 100 : 500
                $0.page.pageToken = token
                $0.withEngagements = asksBehaviour
            }, CallOptions(parent: context))
    }

    /// Whether a routing rule asks what a lead did.
    var asksBehaviour: Bool {
        let rules = (pair.before?.agreement.routing.rules ?? []) + pair.after.agreement.routing.rules
        return rules.contains { $0.hasWhen && $0.when.asksBehaviour }
    }
}

/// Whether there is time for one more page: for twice the longest one so far.
struct CallPace {
    private let deadline: ContinuousClock.Instant?
    private var begun = ContinuousClock.now
    private var longest = Duration.zero

    init(deadline: ContinuousClock.Instant?) {
        self.deadline = deadline
    }

    /// Call it between pages.
    mutating func hasTimeForAnother() -> Bool {
        let now = ContinuousClock.now
        longest = max(longest, begun.duration(to: now))
        begun = now
        guard let deadline else { return true }
        return now.duration(to: deadline) > longest * 2
    }
}

/// Asks Routing where leads would go, until it cannot say.
private struct OwnerQuestion {
    private let estimate: ImpactEstimate
    private var reason = ""
    private var unanswered: Int64 = 0

    init(_ estimate: ImpactEstimate) {
        self.estimate = estimate
    }

    /// What is not known, and why.
    var gaps: [WireNotComputed] {
        guard unanswered > 0 else { return [] }
        return [
            .with {
                $0.what = "owners"
                $0.leads = unanswered
                $0.reason = reason
            }
        ]
    }

    /// By the lead's id: where each agreement that hands it to sales would send it.
    mutating func answer(_ leads: [WireLeadComparison]) async -> [String: WireRoutingComparison] {
        let handed = leads.filter { $0.before.state == .mql || $0.after.state == .mql }
        guard !handed.isEmpty else { return [:] }
        guard reason.isEmpty else {
            unanswered += Int64(handed.count)
            return [:]
        }
        do {
            let answer = try await estimate.routing.compareRouting(
                request(handed), CallOptions(parent: estimate.context))
            return Dictionary(answer.leads.map { ($0.leadID, $0) }, uniquingKeysWith: { first, _ in first })
        } catch {
            reason = "Routing said: \((error as? RPCError)?.message ?? "it cannot be asked")"
            unanswered += Int64(handed.count)
            return [:]
        }
    }

    private func request(_ leads: [WireLeadComparison]) -> WireCompareRoutingRequest {
        .with {
            if let before = estimate.pair.before { $0.before = before.agreement }
            $0.after = estimate.pair.after.agreement
            $0.asOf = estimate.asOf.wire
            $0.leads = leads.map { lead in
                .with {
                    $0.lead = lead.lead
                    $0.engagements = lead.engagements
                    if lead.before.state == .mql { $0.before = lead.before.score(at: estimate.asOf) }
                    if lead.after.state == .mql { $0.after = lead.after.score(at: estimate.asOf) }
                }
            }
        }
    }
}
