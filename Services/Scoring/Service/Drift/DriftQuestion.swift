import Contracts
import Kernel
import RPC
import ScoringDomain
import SwiftProtobuf

/// A request, checked.
struct DriftQuestion: Sendable {
    let sighting: LeadSighting
    let periods: DriftPeriods
    let step: CalibrationOverTime.Step
    let excluded: Set<String>

    /// - Throws: `invalid_argument` with every fault.
    init(_ request: WireDetectDriftRequest, now: Instant) throws {
        var reader = QuestionReader()
        sighting = LeadSighting(
            outcome: request.outcome, population: request.population, observation: request.observation,
            horizon: request.horizon, &reader)
        step = reader.choice(request.interval, "interval", default: .month)
        excluded = Set(request.exclude)
        let current = reader.period(request.current, "current", now, default: now.adding(.days(-30))..<now)
        let before = current.lowerBound
        let reference = reader.period(
            request.reference, "reference", now, default: before.adding(.days(-90))..<before)
        if reference.upperBound > current.lowerBound {
            reader.fault("reference.to", reference.upperBound.text, "a moment no later than \(before.text)")
        }
        periods = DriftPeriods(reference: reference, current: current)
        guard reader.faults.isEmpty else { throw RPCError.invalid(reader.faults) }
    }

    func sample(now: Instant) -> DriftSample {
        DriftSample(periods, known: periods.known(horizon: sighting.horizon, by: now))
    }
}

extension QuestionReader {
    fileprivate mutating func period(
        _ period: WirePeriod, _ path: String, _ now: Instant, default absent: Range<Instant>
    ) -> Range<Instant> {
        let from = period.hasFrom ? moment(period.from, "\(path).from", now) : absent.lowerBound
        let to = period.hasTo ? moment(period.to, "\(path).to", now) : absent.upperBound
        guard let from, let to else { return absent }
        guard from < to else {
            fault("\(path).to", to.text, "a moment after \(path).from, \(from.text)")
            return absent
        }
        return from..<to
    }

    private mutating func moment(
        _ timestamp: Google_Protobuf_Timestamp, _ path: String, _ now: Instant
    ) -> Instant? {
        let century = TimeSpan.days(36_525).inSeconds
        if let moment = Instant(valid: timestamp), abs(moment.seconds(since: now)) <= century { return moment }
        fault(path, "\(timestamp.seconds) seconds", "a moment within a hundred years of now")
        return nil
    }
}
