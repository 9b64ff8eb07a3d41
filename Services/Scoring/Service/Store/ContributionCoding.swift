import ScoringDomain

/// What each rule gave after a change of the score, as one BLOB: one byte 1 (the format), then for each contribution its
/// place under the agreement's version and its points.
enum ContributionCoding {
    private static let format: UInt8 = 1

    static func bytes(_ contributions: [Contribution]) -> [UInt8] {
        var bytes: [UInt8] = [format]
        bytes.reserveCapacity(1 + contributions.count * 10)
        for contribution in contributions {
            bytes.append(number: UInt64(contribution.place))
            bytes.append(fraction: contribution.points)
        }
        return bytes
    }

    /// - Throws: ``StoredLeadError`` where the bytes are not of this format.
    static func contributions(_ bytes: [UInt8]) throws -> [Contribution] {
        var reader = ByteReader(bytes)
        guard try reader.byte() == format else { throw StoredLeadError.bytes }
        var contributions: [Contribution] = []
        while !reader.atEnd {
            contributions.append(Contribution(place: try reader.count(), points: try reader.fraction()))
        }
        return contributions
    }
}
