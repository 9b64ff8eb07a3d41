import Contracts
import Kernel
import RPC
import ScoringDomain
import SwiftProtobuf

/// A request, checked.
struct CalibrationQuestion: Sendable {
    let sighting: LeadSighting
    let from: Instant
    let to: Instant
    /// Leads to answer with.
    let leads: Int
    private let settings: CalibrationSettings

    /// - Throws: `invalid_argument` with every fault.
    init(_ request: WireCalibrateRequest) throws {
        var reader = QuestionReader()
        sighting = LeadSighting(
            outcome: request.outcome, population: request.population, observation: request.observation,
            horizon: request.horizon, &reader)
        (from, to) = reader.period(request.period)
        leads = reader.count(Int(request.leads), "leads")
        settings = reader.settings(request)
        guard reader.faults.isEmpty else { throw RPCError.invalid(reader.faults) }
    }

    /// - Parameter terms: the agreed least counts.
    func settings(_ terms: WireCalibrationTerms) -> CalibrationSettings {
        var settings = settings
        if terms.hasMinimumLeads { settings.minimumLeads = Int(terms.minimumLeads) }
        if terms.hasMinimumOutcomes { settings.minimumOutcomes = Int(terms.minimumOutcomes) }
        return settings
    }
}

extension QuestionReader {
    fileprivate mutating func settings(_ request: WireCalibrateRequest) -> CalibrationSettings {
        var settings = CalibrationSettings()
        settings.split = choice(request.split, "split", default: settings.split)
        if request.hasHeldOut { settings.heldOut = request.heldOut }
        if !(0.1...0.5).contains(settings.heldOut) { fault("held_out", "\(settings.heldOut)", "0.1 to 0.5") }
        if request.hasPenalty { settings.penalty = request.penalty }
        if !(1e-6...1e6).contains(settings.penalty) {
            fault("penalty", "\(settings.penalty)", "a number from 0.000001 to 1000000")
        }
        if request.seed != 0 { settings.seed = request.seed }
        settings.excluded = Set(request.exclude)
        settings.kept = Set(request.keep)
        if request.hasChangedAfter { settings.changedAfter = request.changedAfter }
        if !(settings.changedAfter > 0 && settings.changedAfter <= 1) {
            fault("changed_after", "\(settings.changedAfter)", "above 0, at most 1")
        }
        return settings
    }
}
