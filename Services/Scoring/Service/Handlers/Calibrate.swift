import Contracts
import Criteria
import GRDB
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf

extension ScoringHandlers {
    /// Learns from what became of leads which rules and fields tell, and drafts points.
    func calibrate(_ request: WireCalibrateRequest, _ context: RPCContext) async throws -> WireCalibrateResponse {
        let question = try CalibrationQuestion(request)
        let now = store.clock.now()
        let agreement = try await agreementInForce(context)
        let rules = try ScoringRules(agreement)
        let outcomes = try await LeadOutcomes.fetch(metrics, context, atMost: analysis.leads)
        let reader = LeadReader(sighting: question.sighting, rules: rules, outcomes: outcomes, now: now)
        var sample = CalibrationSample()
        try await readLeads { stored, database in
            try reader.look(at: stored, question, database)
        } collect: {
            sample.add($0)
            guard sample.leads.count <= analysis.leads else { throw LeadOutcomes.tooMany(analysis.leads) }
        }
        do throws(CalibrationRefusal) {
            let found = try Calibration(
                sample.leads, rules: rules.calibrated, catalogue: rules.catalogue,
                question.settings(agreement.agreement.scoring.calibration))
            return WireCalibrateResponse(found, sample, agreement, leads: question.leads, now: now)
        } catch {
            throw RPCError(.failedPrecondition, "\(error.text)\(sample.explanation)")
        }
    }

    /// - Throws: `failed_precondition` where there is none.
    func agreementInForce(_ context: RPCContext) async throws -> WireAgreementVersion {
        do {
            return try await icp.getAgreement(.init(), CallOptions(parent: context)).version
        } catch let error as RPCError where error.code == .notFound {
            throw RPCError(.failedPrecondition, error.message)
        }
    }
}
