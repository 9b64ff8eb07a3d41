import Contracts
import GRDB
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    /// Stored leads under two agreements at one instant, a page at a time; stores nothing.
    ///
    /// A lead is an MQL here when it meets an agreement's definition at that instant, or ever raised its hand as the
    /// agreement counts it: what it once was under other rules does not matter, so that both sides are comparable.
    func compareScoring(
        _ request: WireCompareScoringRequest, _ context: RPCContext
    ) async throws -> WireCompareScoringResponse {
        guard request.hasAsOf, request.hasAfter else {
            throw RPCError.invalid(
                request.hasAfter ? "as_of" : "after", found: "nothing",
                expected: request.hasAfter ? "the instant at which leads are compared" : "an agreement")
        }
        let asOf = try asOf(true, request.asOf)
        let before = request.hasBefore ? try Self.rules(of: request.before, "before") : nil
        let after = try Self.rules(of: request.after, "after")
        let page = try PageCursor(request.page, kind: "CompareScoring", filter: asOf.text)
        let withEngagements = request.withEngagements
        let partitions = partitions.text
        return try await store.read { database in
            let found = try LeadQueries.list(after: page.after, state: nil, limit: page.limit + 1, database)
            let (shown, next) = page.cut(found) { $0.lead.leadID }
            let leads = try shown.filter { $0.createdAt <= asOf || $0.updatedAt <= asOf }.map { stored in
                var lead = WireLeadComparison(stored.lead)
                if let before {
                    lead.before = try WireComparedScore(LeadView(stored, before, at: asOf, database), database)
                }
                lead.after = try WireComparedScore(LeadView(stored, after, at: asOf, database), database)
                guard lead.before.state == .mql || lead.after.state == .mql else { return lead }
                lead.lead = stored.lead
                if withEngagements {
                    lead.engagements = try EngagementQueries.latest(50, of: lead.leadID, upTo: asOf, database)
                }
                return lead
            }
            return .with {
                $0.leads = leads
                $0.nextPageToken = next
                $0.partitions = partitions
            }
        }
    }

    /// - Throws: `invalid_argument` with every fault of the agreement's scoring.
    static func rules(of agreement: WireAgreement, _ path: String) throws -> ScoringRules {
        do {
            return try ScoringRules(WireAgreementVersion.with { $0.agreement = agreement })
        } catch let error as RPCError {
            throw RPCError(error.code, "\(path): \(error.message)", details: error.details)
        }
    }
}

extension WireLeadComparison {
    fileprivate init(_ lead: WireLead) {
        self.init()
        leadID = lead.leadID
        company = lead.company.name
    }
}

extension WireComparedScore {
    fileprivate init(_ view: LeadView, _ database: Database) throws {
        self.init()
        let score = view.score
        total = score.total
        grade = score.grade
        tier = score.tier
        state = try view.meetsDefinition(score, database) ? .mql : view.isEngaged(database) ? .engaged : .inquiry
    }
}

extension LeadView {
    /// Whether the lead is an MQL by these rules, whatever it was before.
    fileprivate func meetsDefinition(_ score: Score, _ database: Database) throws -> Bool {
        let qualification = rules.qualification
        if qualification.isMet(by: score) { return true }
        guard !qualification.handRaisers.isEmpty else { return false }
        return try !EngagementQueries.kinds(of: stored.lead.leadID, upTo: asOf, rules, database)
            .isDisjoint(with: qualification.handRaisers)
    }

    fileprivate func isEngaged(_ database: Database) throws -> Bool {
        guard stored.memory.accumulators.latest > asOf else { return stored.engagementCount > 0 }
        return try EngagementQueries.count(of: stored.lead.leadID, upTo: asOf, database) > 0
    }
}
