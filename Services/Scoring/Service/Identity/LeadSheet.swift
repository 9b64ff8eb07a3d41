import Contracts
import Kernel
import SwiftProtobuf

/// What one id was told: its fields, and where each comes from.
struct LeadSheet: Sendable, Equatable {
    var lead: WireLead
    var origins: FieldOrigins

    /// A field said anew.
    struct Write: Sendable {
        var field: String
        var before: Google_Protobuf_Value?
        /// Nil where there was none.
        var beforeStamp: FieldStamp?
        var after: Google_Protobuf_Value?
        var stamp: FieldStamp
        /// It came after a newer value, which stays.
        var isLate = false
    }

    /// Takes what an upsert says: the last writer of each field by the source's own time, whatever the order of arrival.
    ///
    /// - Parameter isStated: the source told its time; without it, what arrives is the latest.
    /// - Returns: values that replaced others or filled what was blank, and late ones; not what is only said again.
    mutating func take(_ update: WireLead, at moment: Instant, isStated: Bool) -> [Write] {
        let stamp = FieldStamp(at: moment, since: moment, source: update.sourceSystem)
        var writes: [Write] = []
        for (field, value) in LeadField.carried(by: update) {
            let before = field.read(lead)
            guard let known = origins.stamp(of: field, before) else {
                guard value != nil || isStated else { continue }
                field.write(&lead, value)
                origins.entries[field.name] = stamp
                guard value != nil else { continue }
                writes.append(Write(field: field.name, before: nil, beforeStamp: nil, after: value, stamp: stamp))
                continue
            }
            let wins = isStated ? FieldStamp.isNewer(stamp, value, than: known, before) : stamp.at >= known.at
            if wins, value == before {
                guard isStated else { continue }
                origins.entries[field.name] = FieldStamp(at: moment, since: known.since, source: stamp.source)
            } else if wins {
                field.write(&lead, value)
                origins.entries[field.name] = stamp
                writes.append(
                    Write(field: field.name, before: before, beforeStamp: known, after: value, stamp: stamp))
            } else if stamp != known, value != before || moment < known.since {
                writes.append(
                    Write(
                        field: field.name, before: nil, beforeStamp: nil, after: value, stamp: stamp, isLate: true))
            }
        }
        return writes
    }

    /// One lead of what several ids were told: each field by its last writer; it came to be when the first did.
    static func union(_ sheets: [LeadSheet], id: String) -> WireLead {
        var lead = WireLead()
        lead.leadID = id
        let customs = Set(sheets.flatMap(\.lead.custom.keys)).map(LeadField.custom)
        for field in LeadField.standard + customs where field.name != LeadField.createdAt.name {
            if let value = last(field, sheets)?.value { field.write(&lead, value) }
        }
        if let createdAt = sheets.map({ Instant($0.lead.createdAt) }).min() { lead.createdAt = createdAt.wire }
        return lead
    }

    /// The last writer of a field among several ids.
    ///
    /// - Returns: nil where none has said anything.
    static func last(
        _ field: LeadField, _ sheets: [LeadSheet]
    ) -> (value: Google_Protobuf_Value?, stamp: FieldStamp, id: String)? {
        var last: (value: Google_Protobuf_Value?, stamp: FieldStamp, id: String)?
        for sheet in sheets {
            let value = field.read(sheet.lead)
            guard let stamp = sheet.origins.stamp(of: field, value) else { continue }
            if let known = last, !FieldStamp.isNewer(stamp, value, than: known.stamp, known.value) { continue }
            last = (value, stamp, sheet.lead.leadID)
        }
        return last
    }
}

extension WireLead {
    static let defaultMotion = "inbound"

    /// A new lead as it is stored: the defaults filled in.
    func asNew(now: Instant) -> WireLead {
        var lead = withoutRequestParts
        if motion.isEmpty { lead.motion = Self.defaultMotion }
        if !hasCreatedAt { lead.createdAt = now.wire }
        if !custom.isEmpty { lead.custom = custom.filter { !$0.value.isNull } }
        return lead
    }

    /// What is said of the lead, without what is said about the saying.
    private var withoutRequestParts: WireLead {
        guard !externalIds.isEmpty || hasChangedAt || !sourceSystem.isEmpty else { return self }
        var lead = self
        lead.externalIds = []
        lead.clearChangedAt()
        lead.sourceSystem = ""
        return lead
    }
}
