import GRDB
import Kernel
import ScoringDomain

/// Leads of the periods, and how many were left out.
struct DriftCollection: Sendable {
    private(set) var sample: DriftSample
    private(set) var leftOut: [CalibrationSample.Reason: Int] = [:]

    init(_ sample: DriftSample) {
        self.sample = sample
    }

    /// Leads that are kept.
    var count: Int { sample.reference.count + sample.current.count + sample.known.count }

    mutating func add(_ found: CalibrationSample.Found) {
        switch found {
        case .lead(let lead): sample.add(lead)
        case .leftOut(let reason): leftOut[reason, default: 0] += 1
        }
    }
}

extension LeadReader {
    /// Leads that were seen by now in one of a sample's periods, however young.
    func look(
        at stored: StoredLead, _ sample: DriftSample, _ database: Database
    ) throws -> CalibrationSample.Found {
        guard let seenAt = try seenAt(stored, database) else { return .leftOut(.neverQualified) }
        guard seenAt <= now else { return .leftOut(.tooYoung) }
        guard sample.includes(seenAt) else { return .leftOut(.outsidePeriod) }
        return try see(stored, at: seenAt, database)
    }
}
