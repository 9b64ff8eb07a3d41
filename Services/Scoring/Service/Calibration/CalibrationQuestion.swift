import Contracts
import Kernel
import RPC
import ScoringDomain
import SwiftProtobuf

/// A request, checked.
struct CalibrationQuestion: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        case accepted, sql, won
    }

    enum Population: String, Sendable, CaseIterable {
        case qualified, created
    }

    let outcome: Outcome
    let population: Population
    let observation: TimeSpan
    let horizon: TimeSpan
    let from: Instant
    let to: Instant
    /// Leads to answer with.
    let leads: Int
    private let settings: CalibrationSettings

    /// - Throws: `invalid_argument` with every fault.
    init(_ request: WireCalibrateRequest) throws {
        var reader = QuestionReader()
        outcome = reader.choice(request.outcome, "outcome", default: .won)
        population = reader.choice(request.population, "population", default: .qualified)
        observation = reader.span(request.observation, "observation", default: .days(14))
        horizon = reader.span(request.horizon, "horizon", default: .days(90))
        from = request.period.hasFrom ? Instant(request.period.from) : .distantPast
        to = request.period.hasTo ? Instant(request.period.to) : .distantFuture
        if from >= to { reader.fault("period.to", to.text, "a moment after period.from") }
        leads = Int(request.leads)
        if !(0...1_000).contains(leads) { reader.fault("leads", "\(leads)", "0 to 1000") }
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

/// Reads the parts of a request and collects their faults.
private struct QuestionReader {
    var faults: [WireFieldViolation] = []

    mutating func fault(_ path: String, _ found: String, _ expected: String) {
        faults.append(WireFieldViolation(path, found: found, expected: expected))
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, _ path: String, default absent: Choice
    ) -> Choice where Choice.RawValue == String {
        if text.isEmpty { return absent }
        guard let choice = Choice(rawValue: text) else {
            fault(path, String(text.prefix(80)), "one of \(Choice.allCases.map(\.rawValue).joined(separator: " "))")
            return absent
        }
        return choice
    }

    mutating func span(_ text: String, _ path: String, default absent: TimeSpan) -> TimeSpan {
        if text.isEmpty { return absent }
        guard let span = TimeSpan(text: text), span.microseconds > 0, span <= .days(3_650) else {
            fault(path, String(text.prefix(80)), "a duration such as 90d, at most 3650d")
            return absent
        }
        return span
    }

    mutating func settings(_ request: WireCalibrateRequest) -> CalibrationSettings {
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
        return settings
    }
}
