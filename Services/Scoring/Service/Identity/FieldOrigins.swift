import Contracts
import Kernel
import Storage
import SwiftProtobuf

/// Who said a value, and when, by the source's own clock.
struct FieldStamp: Hashable, Sendable {
    /// When it was last said.
    var at: Instant
    /// Since when it holds.
    var since: Instant
    /// Empty where none was named.
    var source: String

    /// Of what a lead is by default.
    static let unsaid = FieldStamp(at: .distantPast, since: .distantPast, source: "")

    /// The last writer of two that state their time: whoever is later; of equals, by source and value, so that the
    /// order in which they arrive does not matter.
    static func isNewer(
        _ stamp: FieldStamp, _ value: Google_Protobuf_Value?, than other: FieldStamp,
        _ otherValue: Google_Protobuf_Value?
    ) -> Bool {
        if stamp.at != other.at { return stamp.at > other.at }
        if stamp.source != other.source { return stamp.source > other.source }
        return rank(value).lexicographicallyPrecedes(rank(otherValue)) == false && value != otherValue
    }

    private static func rank(_ value: Google_Protobuf_Value?) -> [UInt8] {
        value.flatMap { try? $0.storedBytes() } ?? []
    }
}

/// Where the fields of what one id was told come from.
struct FieldOrigins: Hashable, Sendable {
    /// Of every field that has a value and no entry: what came with the lead.
    var first: FieldStamp
    /// By field; also of fields that were removed.
    var entries: [String: FieldStamp] = [:]

    /// Nil where nothing was ever said.
    func stamp(of field: LeadField, _ value: Google_Protobuf_Value?) -> FieldStamp? {
        if let entry = entries[field.name] { return entry }
        guard let value else { return nil }
        // Nobody said it: it is what a lead is by default.
        if field.name == LeadField.motion.name, value.stringValue == WireLead.defaultMotion {
            return .unsaid
        }
        return first
    }

    /// One line an entry: field, last said, holds since, source, with tabs between; that of the first values has no
    /// name. Names have no control characters.
    var text: String {
        let lines = [("", first)] + entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return lines.map { name, stamp in
            "\(name)\t\(stamp.at.microseconds)\t\(stamp.since.microseconds)\t\(stamp.source)"
        }.joined(separator: "\n")
    }

    init(first: FieldStamp) { self.first = first }

    /// Of a lead that came when it arrived and whose source told no time: where it came to be at that very moment, nobody
    /// said so.
    init(arrivedAt: Instant, createdAt: Instant) {
        first = FieldStamp(at: arrivedAt, since: min(createdAt, arrivedAt), source: "")
        if createdAt == arrivedAt { entries[LeadField.createdAt.name] = .unsaid }
    }

    /// - Throws: ``StoredLeadError`` where the text is not of this form.
    init(text: String) throws {
        var first: FieldStamp?
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count == 4, let at = Int64(parts[1]), let since = Int64(parts[2]) else {
                throw StoredLeadError.origins
            }
            let stamp = FieldStamp(
                at: Instant(microseconds: at), since: Instant(microseconds: since), source: String(parts[3]))
            if parts[0].isEmpty { first = stamp } else { entries[String(parts[0])] = stamp }
        }
        guard let first else { throw StoredLeadError.origins }
        self.first = first
    }
}
