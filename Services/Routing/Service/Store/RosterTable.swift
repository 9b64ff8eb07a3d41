import Contracts
import GRDB
import Kernel
import RoutingDomain
import Storage
import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reps, their absences and loads, and the pools in which they take turns.
struct RosterTable {
    let database: Database

    // MARK: - Decisions

    /// Who stands behind a target at a moment; a rep alone is a pool of one with an empty id. Nil when unknown.
    func pool(_ target: RoutingTarget, at moment: Instant) throws -> Pool? {
        switch target {
        case .pool(let id): try pool(id, at: moment)
        case .rep(let id): try rep(id, at: moment).map { Pool(id: "", members: [$0]) }
        }
    }

    private func pool(_ id: String, at moment: Instant) throws -> Pool? {
        let credits = try database.row("SELECT credits FROM pool WHERE pool_id = ?", [.text(id)]) { $0.blob(0) }
        guard let credits else { return nil }
        var pool = Pool(id: id, members: [])
        try database.rows(Self.members, [.instant(moment), .text(id)]) { pool.members.append(Self.member($0)) }
        for (position, credit) in Credits.unpacked(credits).enumerated() where position < pool.members.count {
            pool.members[position].credit = credit
        }
        return pool
    }

    private func rep(_ id: String, at moment: Instant) throws -> PoolMember? {
        try database.row(Self.oneRep, [.instant(moment), .text(id)], Self.member)
    }

    private static let members = """
        SELECT rep.rep_id, rep.team, rep.active, rep.capacity, rep.open_handoffs, \(absentUntil), member.weight
        FROM pool_member AS member JOIN rep ON rep.rep_id = member.rep_id
        WHERE member.pool_id = ?2 ORDER BY member.position
        """

    private static let oneRep = """
        SELECT rep.rep_id, rep.team, rep.active, rep.capacity, rep.open_handoffs, \(absentUntil), 1
        FROM rep WHERE rep.rep_id = ?2
        """

    private static let absentUntil = """
        (SELECT max(ends_at) FROM rep_absence
         WHERE rep_absence.rep_id = rep.rep_id AND starts_at <= ?1 AND ends_at > ?1)
        """

    private static func member(_ row: StoredRow) -> PoolMember {
        PoolMember(
            repID: row.text(0), team: row.text(1), active: row.bool(2), capacity: row.optionalInteger(3).map(Int.init),
            openHandoffs: Int(row.integer(4)), absentUntil: row.optionalInstant(5), weight: Int(row.integer(6)))
    }

    /// Whether a rep could get some lead at a moment.
    func isEligible(_ repID: String, at moment: Instant) throws -> Bool {
        try rep(repID, at: moment)?.obstacle(excluding: []) == nil
    }

    /// Keeps whose turn it is.
    func keepTurn(of pool: Pool) throws {
        try database.run(
            "UPDATE pool SET credits = ? WHERE pool_id = ?",
            [.blob(Credits.packed(pool.members.map(\.credit))), .text(pool.id)])
    }

    // MARK: - Loads

    func gained(_ repID: String) throws {
        try database.run(
            """
            UPDATE rep SET open_handoffs = open_handoffs + 1, assigned_in_all = assigned_in_all + 1 WHERE rep_id = ?
            """, [.text(repID)])
    }

    func freed(_ repID: String) throws {
        try database.run("UPDATE rep SET open_handoffs = open_handoffs - 1 WHERE rep_id = ?", [.text(repID)])
    }

    // MARK: - Edits

    func knows(rep id: String) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT 1 FROM rep WHERE rep_id = ?"), arguments: [id]) ?? false
    }

    func upsert(_ rep: WireRep) throws -> WireItemStatus {
        let profile = try rep.storedBytes()
        let stored = try Data.fetchOne(
            database.cachedStatement(sql: "SELECT profile FROM rep WHERE rep_id = ?"), arguments: [rep.repID])
        if stored == profile.databaseBytes { return .unchanged }
        try database.cachedStatement(
            sql: """
                INSERT INTO rep (rep_id, active, capacity, team, profile) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (rep_id) DO UPDATE SET active = excluded.active, capacity = excluded.capacity,
                    team = excluded.team, profile = excluded.profile
                """
        ).execute(arguments: [
            rep.repID, rep.active, rep.hasCapacity ? Int(rep.capacity) : nil, rep.team, profile.databaseBytes,
        ])
        try database.execute(sql: "DELETE FROM rep_absence WHERE rep_id = ?", arguments: [rep.repID])
        for absence in rep.absences {
            try database.execute(
                sql: "INSERT OR IGNORE INTO rep_absence (rep_id, starts_at, ends_at) VALUES (?, ?, ?)",
                arguments: [rep.repID, Instant(absence.from), Instant(absence.to)])
        }
        return stored == nil ? .created : .updated
    }

    /// Members who stay keep their credit (``FairTurn/credits(of:keeping:)``).
    func upsert(_ pool: WirePool) throws -> WireItemStatus {
        let stored = try self.wirePool(pool.poolID)
        if stored == pool { return .unchanged }
        let before = try credits(of: pool.poolID)
        let credits = FairTurn.credits(of: pool.members.map(\.repID), keeping: before)
        try database.execute(
            sql: """
                INSERT INTO pool (pool_id, name, credits) VALUES (?, ?, ?)
                ON CONFLICT (pool_id) DO UPDATE SET name = excluded.name, credits = excluded.credits
                """, arguments: [pool.poolID, pool.name, Credits.packed(credits).databaseBytes])
        try database.execute(sql: "DELETE FROM pool_member WHERE pool_id = ?", arguments: [pool.poolID])
        for (position, member) in pool.members.enumerated() {
            try database.cachedStatement(
                sql: "INSERT INTO pool_member (pool_id, position, rep_id, weight) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [pool.poolID, position, member.repID, Int(member.weight)])
        }
        return stored == nil ? .created : .updated
    }

    private func credits(of poolID: String) throws -> [String: Int64] {
        let stored = try database.row("SELECT credits FROM pool WHERE pool_id = ?", [.text(poolID)]) { $0.blob(0) }
        guard let stored else { return [:] }
        let reps = try String.fetchAll(
            database, sql: "SELECT rep_id FROM pool_member WHERE pool_id = ? ORDER BY position", arguments: [poolID])
        return Dictionary(zip(reps, Credits.unpacked(stored)), uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Lists

    func reps(after: String, limit: Int) throws -> [WireRepLoad] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT profile, open_handoffs, assigned_in_all FROM rep WHERE rep_id > ? ORDER BY rep_id LIMIT ?
                """, arguments: [after, limit]
        ).map { row in
            var load = WireRepLoad()
            load.rep = try WireRep(serializedBytes: row[0] as Data)
            load.openHandoffs = row[1]
            load.assignedInAll = row[2]
            return load
        }
    }

    func pools(after: String, limit: Int) throws -> [WirePool] {
        try String.fetchAll(
            database, sql: "SELECT pool_id FROM pool WHERE pool_id > ? ORDER BY pool_id LIMIT ?",
            arguments: [after, limit]
        ).compactMap(wirePool)
    }

    private func wirePool(_ id: String) throws -> WirePool? {
        let name = try String.fetchOne(
            database.cachedStatement(sql: "SELECT name FROM pool WHERE pool_id = ?"), arguments: [id])
        guard let name else { return nil }
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT rep_id, weight FROM pool_member WHERE pool_id = ? ORDER BY position"), arguments: [id])
        return .with {
            $0.poolID = id
            $0.name = name
            $0.members = rows.map { row in
                .with {
                    $0.repID = row[0]
                    $0.weight = row[1]
                }
            }
        }
    }
}

/// A pool's credits as bytes.
enum Credits {
    static func packed(_ credits: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(credits.count * 8)
        for credit in credits {
            withUnsafeBytes(of: credit.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    static func unpacked(_ bytes: [UInt8]) -> [Int64] {
        bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count - raw.count % 8, by: 8).map {
                Int64(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: Int64.self))
            }
        }
    }
}
