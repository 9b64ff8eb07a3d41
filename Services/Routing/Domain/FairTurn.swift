/// Smooth weighted round robin: whose turn it is.
///
/// With the same members always there it is nginx's algorithm (`ngx_http_upstream_get_peer`): every eligible member's
/// credit grows by its weight, the largest credit is picked, and pays the sum of the weights. nginx pays in units of
/// weight, which is unfair once the set of eligible members changes from lead to lead: a lead picked among ten costs
/// ten, one picked between two costs two. Here a lead always costs one lead, and each eligible member earns the share
/// of it that its weight deserves, as in the carpool problem (Fagin and Williams, "A fair carpool scheduling
/// algorithm", IBM J. Res. Dev. 27(2), 1983). So
///
/// - among equals who are always eligible, the numbers of leads never differ by more than one, whoever else comes
///   and goes;
/// - who is not eligible neither earns nor pays: after leave they take their normal turn, without flood or penalty;
/// - the credits of a pool always add up to what they were.
public enum FairTurn {
    /// One lead in units of credit: the least common multiple of 1 to 36, so that shares of small pools are whole.
    public static let lead: Int64 = 144_403_552_893_600
    public static let maximumWeight = 1_000

    /// Picks a member and settles the credits of all who were eligible.
    ///
    /// - Parameter eligible: positions in `members`, ascending. Ties go to the first.
    /// - Returns: the position of the member picked; nil when no one is eligible.
    public static func pick(_ members: inout [PoolMember], eligible: [Int]) -> Int? {
        let weights = eligible.reduce(Int64(0)) { $0 + Int64(members[$1].weight) }
        guard let first = eligible.first, weights > 0 else { return nil }
        var picked = first
        var earned: Int64 = 0
        for position in eligible {
            let share = Int64(members[position].weight) * lead / weights
            members[position].credit += share
            earned += share
            if members[position].credit > members[picked].credit { picked = position }
        }
        members[picked].credit -= earned
        return picked
    }

    /// The credits after the members of a pool were edited: who stays keeps theirs, and who is new starts in the
    /// middle of those who stay, as someone to whom nothing is owed.
    public static func credits(of members: [String], keeping before: [String: Int64]) -> [Int64] {
        let kept = members.compactMap { before[$0] }
        let middle = kept.isEmpty ? 0 : kept.reduce(0, +) / Int64(kept.count)
        return members.map { before[$0] ?? middle }
    }
}
