import Contracts
import SwiftProtobuf

/// How much of what leads bring goes into one event, in bytes. With names, scores and the entries of lists, all of which
/// ``ItemCheck`` bounds, an event stays below the 1 MiB that it may have: else nothing could be done with its lead.
enum EventBounds {
    static let engagements = 256 << 10
    /// Of the custom fields of a lead, and of the evidence of its ledger.
    static let details = 128 << 10
}

extension [WireEngagement] {
    /// The same in as few lists as events need; one where there are none.
    func inEvents() throws -> [ArraySlice<WireEngagement>] {
        guard count > 1 else { return [self[...]] }
        var parts: [ArraySlice<WireEngagement>] = []
        var (start, size) = (startIndex, 0)
        for index in indices {
            let more = try self[index].size()
            if size + more > EventBounds.engagements, index > start {
                parts.append(self[start..<index])
                (start, size) = (index, 0)
            }
            size += more
        }
        return parts + [self[start...]]
    }
}

extension WireContextPacket {
    /// Leaves out what one event cannot hold: attributes of engagement and then the engagement, of both the oldest;
    /// evidence of the last entries of the ledger; custom fields that are last by name.
    mutating func fitIntoEvent() throws {
        try fitEngagements()
        var room = EventBounds.details
        for index in ledger.indices {
            room -= ledger[index].evidence.utf8.count
            if room < 0 { ledger[index].evidence = "" }
        }
        guard !lead.custom.isEmpty else { return }
        room = EventBounds.details
        for (name, value) in lead.custom.sorted(by: { $0.key < $1.key }) {
            room -= name.utf8.count + (try value.size())
            if room < 0 { lead.custom[name] = nil }
        }
    }

    private mutating func fitEngagements() throws {
        var room = EventBounds.engagements
        for index in engagements.indices {
            let size = try engagements[index].size()
            if size > room { engagements[index].attributes = [:] }
            room -= size > room ? try engagements[index].size() : size
            if room < 0 { return engagements.removeSubrange(index...) }
        }
    }
}

extension WireEngagement {
    /// At most, in bytes.
    fileprivate func size() throws -> Int {
        let names = engagementID.utf8.count + leadID.utf8.count + kind.utf8.count
        let touch = channel.utf8.count + campaign.utf8.count + contentID.utf8.count
        return try attributes.reduce(64 + names + touch) { $0 + $1.key.utf8.count + (try $1.value.size()) }
    }
}

extension Google_Protobuf_Value {
    /// With what its place in a message takes, at most, in bytes.
    func size() throws -> Int {
        switch kind {
        case .stringValue(let text): text.utf8.count + 16
        case .listValue, .structValue: (try serializedBytes() as [UInt8]).count + 16
        case .numberValue, .boolValue, .nullValue, nil: 32
        }
    }
}
