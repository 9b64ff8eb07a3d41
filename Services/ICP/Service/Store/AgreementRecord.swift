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

    static let columns = """
        version, state, digest, requested_at, effective_at, canonical, document, proposed_by, proposed_at, superseded_at,
        comment
        """

    init(_ row: Row, signatures: [AgreementSignature]) {
        life = VersionLife(
            version: row[0], state: VersionState(rawValue: row[1]) ?? .proposed, digest: row[2], requestedAt: row[3],
            effectiveAt: row[4], signatures: signatures)
        canonical = row[5]
        document = row[6]
        proposedBy = row[7]
        proposedAt = row[8]
        supersededAt = row[9]
        comment = row[10]
    }

    func tree() throws -> Tree {
        try Tree.parse(canonical)
    }
}
