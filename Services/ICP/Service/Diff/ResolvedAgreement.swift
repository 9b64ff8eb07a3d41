import Contracts
import GRDB
import ICPDomain
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf

/// An agreement that a request refers to.
struct ResolvedAgreement: Sendable {
    /// 0 where it was given in the request.
    let version: Int64
    /// For people: `version 3, proposed`.
    let title: String
    let tree: Tree
    let agreement: WireAgreement

    private init(_ record: AgreementRecord) throws {
        version = record.life.version
        let state = record.life.state == .active ? "in force" : record.life.state.words
        title = "version \(record.life.version), \(state)"
        tree = try record.tree()
        agreement = try record.agreement()
    }

    private init(_ content: AgreementContent) throws {
        version = 0
        title = "the agreement given"
        tree = content.tree
        agreement = try WireAgreement(jsonString: content.canonical)
    }

    /// Where the request says which agreement it means; what it brings along is read, what is stored is found later.
    enum Reference: Sendable {
        case inForce
        case version(Int64)
        case moment(Instant)
        case given(AgreementContent)
    }

    /// - Returns: nil where no version is in force and none was named.
    /// - Throws: `not_found` where a version that was named does not exist.
    static func find(_ reference: Reference, now: Instant, _ database: Database) throws -> ResolvedAgreement? {
        switch reference {
        case .given(let content): return try ResolvedAgreement(content)
        case .inForce:
            return try AgreementStore.inForce(at: now, now: now, database).map(ResolvedAgreement.init)
        case .version(let number):
            guard let record = try AgreementStore.version(number, at: now, database) else {
                throw RPCError(.notFound, "there is no agreement version \(number)")
            }
            return try ResolvedAgreement(record)
        case .moment(let moment):
            guard let record = try AgreementStore.inForce(at: moment, now: now, database) else {
                throw RPCError(.notFound, "no agreement was in force at \(moment.text)")
            }
            return try ResolvedAgreement(record)
        }
    }
}

/// Two agreements, side by side.
struct AgreementPair: Sendable {
    /// Nil where none was in force.
    let before: ResolvedAgreement?
    let after: ResolvedAgreement

    var changes: [AgreementChange] {
        AgreementDiff.between(before?.tree ?? .map([]), after.tree)
    }

    /// - Throws: `not_found`; `failed_precondition` where the newer one is to be the one in force and there is none.
    static func find(
        _ before: ResolvedAgreement.Reference, _ after: ResolvedAgreement.Reference, in store: Store
    ) async throws -> AgreementPair {
        let now = store.clock.now()
        let (old, new) = try await store.read { database in
            (
                try ResolvedAgreement.find(before, now: now, database),
                try ResolvedAgreement.find(after, now: now, database)
            )
        }
        guard let new else {
            throw RPCError(.failedPrecondition, "no agreement is in force: propose one and sign it for both sides")
        }
        return AgreementPair(before: old, after: new)
    }
}

extension RequestFaults {
    /// Which agreement a request means; the one in force where it says nothing.
    mutating func reference(_ wire: WireAgreementReference, _ path: String) -> ResolvedAgreement.Reference {
        let given = [
            wire.version == 0 ? nil : "version", wire.hasAt ? "at" : nil, wire.document.isEmpty ? nil : "document",
            wire.hasAgreement ? "agreement" : nil,
        ].compactMap { $0 }
        require(
            given.count <= 1, path, found: given.joined(separator: " and "),
            expected: "at most one of version, at, document and agreement")
        guard given.count == 1 else { return .inForce }
        if wire.version != 0 {
            requireVersion(wire.version, "\(path).version")
            return .version(wire.version)
        }
        if wire.hasAt { return .moment(Instant(wire.at)) }
        return content(
            document: wire.document, agreement: wire.hasAgreement ? wire.agreement : nil, under: path
        ).map { .given($0) } ?? .inForce
    }
}
