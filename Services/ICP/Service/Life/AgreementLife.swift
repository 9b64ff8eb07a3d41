import Contracts
import ICPDomain
import Kernel
import RPC
import Storage
import SwiftProtobuf

/// Carries the life of versions on within one transaction: keeps what happens, writes it down, and tells the others.
///
/// What is due takes effect first, so that everything else is decided as of now.
struct AgreementLife {
    /// What all that ICP tells is about.
    static let key = "agreement"

    let transaction: StoreTransaction

    init(_ transaction: StoreTransaction) throws {
        self.init(unsettled: transaction)
        try activateDue()
    }

    private init(unsettled transaction: StoreTransaction) {
        self.transaction = transaction
    }

    /// Puts every signed version whose moment has come in force, and tells everyone.
    ///
    /// - Returns: how many.
    static func activateDue(in transaction: StoreTransaction) throws -> Int {
        try AgreementLife(unsettled: transaction).activateDue()
    }

    /// - Throws: `not_found` where there is no such version.
    func version(_ number: Int64) throws -> AgreementRecord {
        guard let record = try AgreementStore.version(number, at: transaction.now, transaction.database) else {
            throw RPCError(.notFound, "there is no agreement version \(number)")
        }
        return record
    }

    func inForce() throws -> AgreementRecord? {
        try AgreementStore.active(transaction.database).map { try version($0.version) }
    }

    // MARK: - Drafts and proposals

    /// Keeps a draft, or finds the one that says the same.
    func draft(_ content: AgreementContent, by author: String, comment: String) throws -> AgreementRecord {
        let known = try AgreementStore.versions(saying: content.digest, in: [.draft], transaction.database)
        if let same = known.first { return same }
        let record = try AgreementStore.insert(
            content, as: .draft, by: author, comment: comment, in: transaction)
        try write(HistoryEntry(.drafted, of: record.life.version, by: author, at: transaction.now, comment: comment))
        return record
    }

    /// Stores a proposal as the next version, or finds the open version or the one in force that says the same.
    func propose(
        _ content: AgreementContent, by author: String, comment: String, requestedAt: Instant?
    ) throws -> AgreementRecord {
        let states: [VersionState] = [.proposed, .partlySigned, .signed, .active]
        let known = try AgreementStore.versions(saying: content.digest, in: states, transaction.database)
        let same = known.first { record in
            record.life.state == .active
                ? requestedAt.map { $0 <= transaction.now } ?? true : record.life.requestedAt == requestedAt
        }
        if let same { return same }
        let record = try AgreementStore.insert(
            content, as: .proposed, by: author, comment: comment, requestedAt: requestedAt, in: transaction)
        try proposed(record)
        return record
    }

    /// Makes a proposal of a draft; one that became a proposal already stays as it is.
    ///
    /// - Throws: `not_found`; `failed_precondition` where the version is closed or its moment is another.
    func propose(
        draft number: Int64, by author: String, comment: String, requestedAt: Instant?
    ) throws -> AgreementRecord {
        let known = try version(number)
        switch known.life.state {
        case .draft: break
        case .proposed, .partlySigned, .signed, .active:
            guard known.life.requestedAt == requestedAt else {
                throw RPCError(.failedPrecondition, "version \(number) was proposed to take effect at another moment")
            }
            return known
        case .superseded, .rejected, .withdrawn:
            throw RPCError(.failedPrecondition, LifeRefusal.notOpen(known.life.state).text("proposed"))
        }
        let record = try AgreementStore.propose(
            draft: number, by: author, comment: comment, requestedAt: requestedAt, in: transaction)
        try proposed(record)
        return record
    }

    private func proposed(_ record: AgreementRecord) throws {
        try write(
            HistoryEntry(
                .proposed, of: record.life.version, by: record.proposedBy, at: transaction.now,
                comment: record.comment))
        let before = try inForce()?.tree() ?? .map([])
        let changes = AgreementDiff.between(before, try record.tree()).prefix(Limits.changesTold)
        try tell(
            .agreementProposed(
                .with {
                    $0.version = record.summary
                    $0.changes = changes.map(\.wire)
                }))
    }

    // MARK: - Signatures

    /// - Throws: `not_found`; `failed_precondition` where the signature is refused.
    func sign(_ number: Int64, side: AgreementSide, signer: String, digest: String?) throws -> AgreementRecord {
        let record = try version(number)
        let decision = record.life.sign(
            side: side, signer: signer, digest: digest, now: transaction.now,
            after: try AgreementStore.active(transaction.database))
        switch decision {
        case .alreadySigned: return record
        case .refused(let refusal): throw RPCError(.failedPrecondition, refusal.text("signed"))
        case .signed(let signature): try signed(record, signature, effectiveAt: nil)
        case .completed(let signature, let effectiveAt): try signed(record, signature, effectiveAt: effectiveAt)
        }
        try activateDue()
        return try version(number)
    }

    private func signed(
        _ record: AgreementRecord, _ signature: AgreementSignature, effectiveAt: Instant?
    ) throws {
        let number = record.life.version
        try AgreementStore.keep(signature, of: number, effectiveAt: effectiveAt, in: transaction)
        try write(
            HistoryEntry(
                .signed, of: number, by: signature.signer, side: signature.side, at: signature.signedAt))
        let summary = try version(number).summary
        try tell(
            .agreementSigned(
                .with {
                    $0.version = summary
                    $0.signature = signature.wire
                }))
    }

    // MARK: - Ends

    /// - Throws: `not_found`; `failed_precondition` where it cannot be rejected.
    func reject(_ number: Int64, _ closing: VersionClosing, digest: String?) throws -> AgreementRecord {
        let record = try version(number)
        guard try closes(record.life.reject(closing, digest: digest), "rejected") else { return record }
        let closed = try close(record, as: .rejected, closing, .rejected)
        try tell(.agreementRejected(.with { $0.version = closed.summary }))
        return closed
    }

    /// - Throws: `not_found`; `failed_precondition` where it cannot be withdrawn.
    func withdraw(_ number: Int64, _ closing: VersionClosing) throws -> AgreementRecord {
        let record = try version(number)
        guard try closes(record.life.withdraw(closing), "withdrawn") else { return record }
        let closed = try close(record, as: .withdrawn, closing, .withdrawn)
        guard record.life.state != .draft else { return closed }
        try tell(.agreementWithdrawn(.with { $0.version = closed.summary }))
        return closed
    }

    private func closes(_ decision: ClosingDecision, _ deed: String) throws -> Bool {
        switch decision {
        case .closed: return true
        case .alreadyClosed: return false
        case .refused(let refusal): throw RPCError(.failedPrecondition, refusal.text(deed))
        }
    }

    private func close(
        _ record: AgreementRecord, as state: VersionState, _ closing: VersionClosing, _ action: HistoryAction
    ) throws -> AgreementRecord {
        let number = record.life.version
        try AgreementStore.close(number, as: state, closing, in: transaction)
        try write(
            HistoryEntry(
                action, of: number, by: closing.by, side: closing.side, at: closing.at, comment: closing.comment))
        return try version(number)
    }

    // MARK: - Taking effect

    @discardableResult
    private func activateDue() throws -> Int {
        guard try AgreementStore.isAnyDue(at: transaction.now, transaction.database) else { return 0 }
        let waiting = try AgreementStore.waiting(transaction.database).map(\.life)
        let due = Activation.due(waiting, now: transaction.now)
        for (number, effectiveAt) in due { try activate(number, at: effectiveAt) }
        return due.count
    }

    private func activate(_ number: Int64, at effectiveAt: Instant) throws {
        let former = try AgreementStore.active(transaction.database)?.version
        if let former { try write(HistoryEntry(.superseded, of: former, at: effectiveAt)) }
        try write(HistoryEntry(.activated, of: number, at: effectiveAt))
        let record = try AgreementStore.markActive(number, superseding: former, at: effectiveAt, in: transaction)
        try ReviewCalendar(transaction).follow(try record.agreement(), from: effectiveAt)
        let wire = try record.wire()
        try transaction.append(
            .agreementActivated(.with { $0.version = wire }), key: Self.key, occurredAt: effectiveAt,
            agreementVersion: number)
    }

    // MARK: - Writing down and telling

    private func write(_ entry: HistoryEntry) throws {
        let digest = try version(entry.version).life.digest
        try HistoryStore.append(
            entry, digest: digest, from: try AgreementStore.active(transaction.database)?.version, in: transaction)
    }

    private func tell(_ payload: WireEvent.OneOf_Payload) throws {
        try transaction.append(
            payload, key: Self.key, occurredAt: transaction.now,
            agreementVersion: try AgreementStore.active(transaction.database)?.version ?? 0)
    }
}
