import Contracts
import Kernel
import RPC
import Storage
import SwiftProtobuf

extension RoutingHandlers {
    /// A rep who can take more than before gets what waits for them in the same transaction.
    func upsertReps(_ request: WireUpsertRepsRequest, _ context: RPCContext) async throws -> WireUpsertRepsResponse {
        var faults = Faults()
        faults.requireCount(request.reps.count, "reps", most: batchLimit)
        try faults.check()
        return try await store.command(context) { transaction in
            let dispatch = Dispatch(transaction, library)
            let results = try request.reps.enumerated().map { index, rep in
                let violations = rep.faults("reps[\(index)]").violations
                let status = violations.isEmpty ? try dispatch.roster.upsert(rep.withDefaults) : .failed
                return WireItemResult(index, rep.repID, status, violations: violations)
            }
            if results.contains(where: { $0.status == .created || $0.status == .updated }) {
                try dispatch.drain(.roster, at: transaction.now)
            }
            return .with { $0.results = results }
        }
    }
}

extension WireRep {
    fileprivate func faults(_ path: String) -> Faults {
        var faults = Faults()
        faults.requireText(repID, "\(path).rep_id")
        if hasCapacity {
            faults.require(capacity >= 0, "\(path).capacity", found: "\(capacity)", expected: "0 or more")
        }
        faults.requireCount(absences.count, "\(path).absences", most: batchLimit)
        for (index, absence) in absences.enumerated() {
            let path = "\(path).absences[\(index)]"
            faults.require(
                absence.hasFrom && absence.hasTo, path, found: "an open span", expected: "both from and to")
            guard absence.hasFrom, absence.hasTo, let from = faults.instant(absence.from, "\(path).from"),
                let to = faults.instant(absence.to, "\(path).to")
            else { continue }
            faults.require(from < to, path, found: "\(from.text) to \(to.text)", expected: "a span that is not empty")
        }
        return faults
    }

    fileprivate var withDefaults: WireRep {
        var rep = self
        rep.active = hasActive ? active : true
        return rep
    }
}
