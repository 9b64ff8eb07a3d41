import GRDB
import Hosting
import Kernel
import MetricsDomain
import Platform
import RPC
import Storage

/// What reports are read from: the facts of the store, and the terms that are in force when they are asked for.
struct Reports: Sendable {
    let store: Store
    let library: AgreementLibrary<AgreedTerms>

    /// Reads one snapshot under the terms in force now; without an agreement, under the defaults.
    ///
    /// An agreement that ICP cannot be asked for now is no reason to withhold a report.
    func read<Value: Sendable>(
        _ context: RPCContext?, _ body: @escaping @Sendable (Database, AgreedTerms) throws -> Value
    ) async throws -> Value {
        try? await library.learnAnyInForce(context)
        let now = store.clock.now()
        return try await store.read { database in
            try body(database, library.inForce(at: now, database) ?? .defaults)
        }
    }

    /// The currency of a report: that of all its values, or without any value the agreed one.
    ///
    /// - Throws: `failed_precondition` where values are in more than one currency; they are never added up.
    static func currency(of found: Set<String>, terms: AgreedTerms) throws -> String {
        guard found.count <= 1 else {
            throw RPCError(
                .failedPrecondition,
                "the deals of this report are in \(found.sorted().joined(separator: ", ")), which do not add up: "
                    + "record them in one currency")
        }
        return found.first ?? terms.currency
    }
}
