import Contracts
import GRDB
import Storage
import SwiftProtobuf

/// Handoffs of people who were erased.
extension HandoffTable {
    /// Removes all of a lead, with their packets, decisions, rejections and activities.
    ///
    /// - Parameter leadIDs: every id that meant it.
    func erase(leads leadIDs: [String]) throws {
        try database.run(
            "DELETE FROM handoff WHERE lead_id IN (\(Self.places(leadIDs)))", leadIDs.map(ColumnValue.text))
    }

    /// Removes what is kept with handoffs of others who were one lead with those who were erased: what they did, from
    /// the packets, and their ids, from the decisions.
    func eraseMentions(of leadIDs: [String]) throws {
        for id in leadIDs {
            try eraseEngagements(of: id)
            try eraseNotes(of: id)
        }
    }

    private func eraseEngagements(of leadID: String) throws {
        var packets: [(sequence: Int64, context: WireContextPacket)] = []
        try database.rows(
            """
            SELECT sequence, context FROM handoff_packet
            WHERE sequence IN (\(Self.everMerged)) AND instr(context, CAST(? AS BLOB)) > 0
            """, [.text(leadID)]
        ) { packets.append(($0.integer(0), try WireContextPacket(serializedBytes: $0.blob(1)))) }
        for (sequence, packet) in packets {
            var rest = packet
            rest.engagements.removeAll { $0.leadID == leadID }
            try database.run(
                "UPDATE handoff_packet SET context = ? WHERE sequence = ?",
                [.blob(try rest.storedBytes()), .integer(sequence)])
        }
    }

    private func eraseNotes(of leadID: String) throws {
        var traces: [(sequence: Int64, number: Int64, decision: WireRoutingDecision)] = []
        try database.rows(
            """
            SELECT sequence, number, trace FROM handoff_decision
            WHERE sequence IN (\(Self.everMerged)) AND instr(trace, CAST(? AS BLOB)) > 0
            """, [.text(leadID)]
        ) { traces.append(($0.integer(0), $0.integer(1), try WireRoutingDecision(serializedBytes: $0.blob(2)))) }
        for (sequence, number, decision) in traces {
            var rest = decision
            for index in rest.steps.indices {
                rest.steps[index].note = MergeNote.without(leadID, rest.steps[index].note)
            }
            try database.run(
                "UPDATE handoff_decision SET trace = ? WHERE sequence = ? AND number = ?",
                [.blob(try rest.storedBytes()), .integer(sequence), .integer(number)])
        }
    }

    /// Few: those of leads that some merge or split has named.
    private static let everMerged = """
        SELECT handoff.sequence FROM lead_identity JOIN handoff ON handoff.lead_id = lead_identity.lead_id
        """
}
