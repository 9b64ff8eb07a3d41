public import Contracts
public import GRDB
public import Kernel
import Platform
public import RPC
public import Storage
import SwiftProtobuf
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A service's own copy of the agreement versions, each compiled once into what the service needs of it.
///
/// Versions are immutable, so the copy never grows stale; a version that is missing is fetched from ICP.
public final class AgreementLibrary<Compiled: Sendable>: Sendable {
    private let store: Store
    private let icp: WireIcpServiceClient
    private let compile: @Sendable (WireAgreementVersion) throws -> Compiled
    private let compiled = Mutex<[Int64: Compiled]>([:])
    private let keeps = Atomic(0)

    public init(
        store: Store, icp: any RPCTransport,
        compile: @escaping @Sendable (WireAgreementVersion) throws -> Compiled
    ) {
        self.store = store
        self.icp = WireIcpServiceClient(icp)
        self.compile = compile
    }

    /// The compiled version in force at a moment; nil where there was none.
    public func inForce(at moment: Instant, _ database: Database) throws -> Compiled? {
        let version = try database.row(
            """
            SELECT version FROM agreement_version WHERE effective_at <= ?
            ORDER BY effective_at DESC, version DESC LIMIT 1
            """, [.instant(moment)]
        ) { $0.integer(0) }
        return try version.flatMap { try self.version($0, database) }
    }

    /// As ``inForce(at:_:)``, or the error that a caller is told.
    public func required(at moment: Instant, _ database: Database) throws -> Compiled {
        guard let found = try inForce(at: moment, database) else {
            throw RPCError(
                .failedPrecondition,
                "no agreement is in force: propose one to the ICP service and sign it for both sides")
        }
        return found
    }

    /// The versions that took effect after another one, up to a moment, in their order. Of those that take effect at one
    /// instant, only the last is ever in force.
    public func successors(of number: Int64, upTo moment: Instant, _ database: Database) throws -> [Compiled] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT next.version FROM agreement_version last, agreement_version next
                WHERE last.version = ? AND next.effective_at <= ?
                AND (next.effective_at, next.version) > (last.effective_at, last.version)
                AND NOT EXISTS (
                    SELECT 1 FROM agreement_version a WHERE a.effective_at = next.effective_at AND a.version > next.version)
                ORDER BY next.effective_at
                """)
        return try Int64.fetchAll(statement, arguments: [number, moment]).compactMap { try version($0, database) }
    }

    /// When another version takes effect; nil where none is known that does.
    public func nextEffect(after moment: Instant, _ database: Database) throws -> Instant? {
        try database.row(
            "SELECT MIN(effective_at) FROM agreement_version WHERE effective_at > ?", [.instant(moment)]
        ) { $0.optionalInstant(0) } ?? nil
    }

    /// How often versions were kept: while it is the same, so is what is in force, until the next one takes effect.
    public var keptCount: Int { keeps.load(ordering: .sequentiallyConsistent) }

    /// A compiled version by number; nil where this service does not know it.
    public func version(_ number: Int64, _ database: Database) throws -> Compiled? {
        if let known = compiled.withLock({ $0[number] }) { return known }
        let stored = try database.row(
            "SELECT document FROM agreement_version WHERE version = ?", [.integer(number)]
        ) { try WireAgreementVersion(serializedBytes: $0.blob(0)) }
        guard let stored else { return nil }
        let value = try compile(stored)
        compiled.withLock { $0[number] = value }
        return value
    }

    /// Keeps a version; one that is kept already stays as it is.
    ///
    /// - Throws: `failed_precondition` where both sides have not signed it: it must never be found as in force.
    public func keep(_ version: WireAgreementVersion, in transaction: StoreTransaction) throws {
        guard version.isSigned else {
            throw RPCError(.failedPrecondition, "agreement version \(version.version) is not signed by both sides")
        }
        _ = try compile(version)
        let bytes = try version.storedBytes()
        try transaction.database.execute(
            sql: "INSERT OR IGNORE INTO agreement_version (version, effective_at, document) VALUES (?, ?, ?)",
            arguments: [version.version, Instant(version.effectiveAt), bytes.databaseBytes])
        transaction.afterCommit { self.keeps.add(1, ordering: .sequentiallyConsistent) }
    }

    /// Fetches a version from ICP when this service lacks it. Call it outside transactions.
    public func learn(_ number: Int64, _ context: RPCContext? = nil) async throws {
        guard number > 0 else { return }
        if compiled.withLock({ $0[number] != nil }) { return }
        let known = try await store.read { try self.version(number, $0) != nil }
        if known { return }
        let answer = try await icp.getAgreement(.with { $0.version = number }, CallOptions(parent: context))
        try await store.write { try self.keep(answer.version, in: $0) }
    }

    /// A compiled version by number, also one that is not signed yet: that is fetched each time and not kept. Call it
    /// outside transactions.
    ///
    /// - Throws: what ICP says, `not_found` where there is no such version.
    public func compiled(_ number: Int64, _ context: RPCContext? = nil) async throws -> Compiled {
        if let known = try await store.read({ try self.version(number, $0) }) { return known }
        let answer = try await icp.getAgreement(.with { $0.version = number }, CallOptions(parent: context))
        if answer.version.isSigned { try await store.write { try self.keep(answer.version, in: $0) } }
        return try compile(answer.version)
    }

    /// Fetches the version in force from ICP when this service knows none at all. Call it outside transactions.
    public func learnAnyInForce(_ context: RPCContext? = nil) async throws {
        if compiled.withLock({ !$0.isEmpty }) { return }
        let now = store.clock.now()
        let known = try await store.read { try self.inForce(at: now, $0) != nil }
        if known { return }
        do {
            let answer = try await icp.getAgreement(WireGetAgreementRequest(), CallOptions(parent: context))
            try await store.write { try self.keep(answer.version, in: $0) }
        } catch let error as RPCError where error.code == .notFound || error.code == .failedPrecondition {
            return
        }
    }

    /// The table; append it to the service's migrations.
    public static var migration: Migration {
        Migration(
            "agreement-library-1",
            sql: """
                CREATE TABLE agreement_version (
                    version INTEGER PRIMARY KEY,
                    effective_at INTEGER NOT NULL,
                    document BLOB NOT NULL
                ) STRICT;
                CREATE INDEX agreement_version_effective ON agreement_version (effective_at);
                """)
    }
}

extension WireAgreementVersion {
    /// Whether it is in force, was, or will be: both sides have signed it.
    fileprivate var isSigned: Bool {
        switch state {
        case .signed, .active, .superseded: true
        case .draft, .proposed, .partlySigned, .rejected, .withdrawn, .unspecified, .UNRECOGNIZED: false
        }
    }
}

/// Keeps every version that takes effect.
public struct AgreementActivatedConsumer<Compiled: Sendable>: EventConsumer {
    public let kind = EventKind.agreementActivated
    private let library: AgreementLibrary<Compiled>

    public init(_ library: AgreementLibrary<Compiled>) {
        self.library = library
    }

    public func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
        try library.keep(event.agreementActivated.version, in: transaction)
    }
}
