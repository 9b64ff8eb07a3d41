import Contracts
import GRDB
import ICPDomain
import Kernel
import Storage
import SwiftProtobuf

/// A stored version.
struct AgreementRecord: Sendable {
    var life: VersionLife
    /// The agreement as canonical JSON: the signed content.
    var canonical: String
    var document: String
    var proposedBy: String
    var proposedAt: Instant
    var supersededAt: Instant?
    var comment: String
    /// The version in force when it was drafted or proposed.
    var basedOn: Int64?

    static let columns = """
        version, state, digest, requested_at, effective_at, canonical, document, proposed_by, proposed_at, superseded_at,
        comment, based_on, closed_at, closed_by, closed_side, closed_comment
        """

    init(_ row: Row, signatures: [AgreementSignature]) throws {
        guard let state = VersionState(rawValue: row[1]) else { throw StoredAgreementError.state(row[1]) }
        life = VersionLife(
            version: row[0], state: state, digest: row[2], requestedAt: row[3], effectiveAt: row[4],
            signatures: signatures)
        canonical = row[5]
        document = row[6]
        proposedBy = row[7]
        proposedAt = row[8]
        supersededAt = row[9]
        comment = row[10]
        basedOn = row[11]
        if let closedAt: Instant = row[12] {
            life.closing = VersionClosing(
                by: row[13], side: (row[14] as String?).flatMap(AgreementSide.init), at: closedAt, comment: row[15])
        }
    }

    func tree() throws -> Tree {
        try Tree.parse(canonical)
    }

    func agreement() throws -> WireAgreement {
        try WireAgreement(jsonString: canonical)
    }
}

/// The store holds what this version of the service cannot read.
enum StoredAgreementError: Error {
    case state(String)
}
