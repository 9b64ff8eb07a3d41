import Contracts
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    /// Whether leads, and what the score says of them, are still as they were.
    func detectDrift(_ request: WireDetectDriftRequest, _ context: RPCContext) async throws -> WireDetectDriftResponse {
        let now = store.clock.now()
        let question = try DriftQuestion(request, now: now)
        let agreement = try await agreementInForce(context)
        let rules = try ScoringRules(agreement)
        let shelfLife = try await shelfLife(now: now, context)
        let outcomes = try await LeadOutcomes.fetch(metrics, context, atMost: analysis.leads)
        let reader = LeadReader(sighting: question.sighting, rules: rules, outcomes: outcomes, now: now)
        let empty = question.sample(now: now)
        var collection = DriftCollection(empty)
        try await readLeads { stored, database in
            try reader.look(at: stored, empty, database)
        } collect: {
            collection.add($0)
            guard collection.count <= analysis.leads else { throw LeadOutcomes.tooMany(analysis.leads) }
        }
        let found = Drift(
            collection.sample, rules, excluded: question.excluded, by: question.step, shelfLife: shelfLife)
        return WireDetectDriftResponse(found, leftOut: collection.leftOut, version: agreement.version)
    }

    /// By the review of the section that is still to come, or open.
    private func shelfLife(now: Instant, _ context: RPCContext) async throws -> ShelfLife? {
        var token = ""
        var open: WireReview?
        repeat {
            let page = try await icp.listReviews(
                .with {
                    $0.section = "scoring"
                    $0.page.pageSize = 1_000
                    $0.page.pageToken = token
                }, CallOptions(parent: context))
            open = page.reviews.last { $0.status != .closed } ?? open
            token = page.nextPageToken
        } while !token.isEmpty
        return open.map { ShelfLife(since: Instant($0.since), dueAt: Instant($0.dueAt), now: now) }
    }
}
