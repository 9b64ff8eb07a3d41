import Contracts
import Kernel
import RPC
import ScoringDomain
import SwiftProtobuf

/// The engagement of a message, read by its mapping.
struct WebhookReading {
    struct Entry {
        var engagement: WireEngagement
        /// Of a lead that no id names; empty where there is none.
        var email: String
        /// What could not be read.
        var faults: [WireFieldViolation]
    }

    private(set) var engagements: [Entry] = []
    /// Entries with a word that the mapping does not name.
    private(set) var ignored = 0
    private let mapping: WebhookMapping
    private let message: WebhookMessage

    /// - Throws: `invalid_argument` where there is no list, or one that is too long.
    init(_ message: WebhookMessage, by mapping: WebhookMapping, atMost most: Int) throws {
        self.mapping = mapping
        self.message = message
        let json = try message.json()
        guard let each = mapping.each else {
            read(json.value, digits: json.digits, number: nil)
            return
        }
        guard case .listValue(let list)? = json.value[each]?.kind,
            case .listValue(let digits)? = json.digits[each]?.kind
        else {
            throw RPCError.invalid(each.text, found: "no list", expected: "a list of what happened")
        }
        guard list.values.count <= most else {
            throw RPCError.invalid(each.text, found: "\(list.values.count) entries", expected: "at most \(most)")
        }
        for (number, entry) in zip(list.values, digits.values).enumerated() {
            read(entry.0, digits: entry.1, number: number)
        }
    }

    /// - Parameter digits: the entry for what is read as text.
    private mutating func read(_ entry: Google_Protobuf_Value, digits: Google_Protobuf_Value, number: Int?) {
        let text = { (path: WebhookMapping.Path?) in digits[path]?.plainText }
        guard let kind = mapping.kind(of: text(mapping.event)) else {
            ignored += 1
            return
        }
        var engagement = WireEngagement()
        engagement.kind = kind
        engagement.leadID = text(mapping.leadID) ?? ""
        engagement.engagementID =
            mapping.engagementID.map { text($0) ?? "" }
            ?? ([message.engagementID] + (number.map { [String($0)] } ?? [])).joined(separator: ":")
        engagement.channel = text(mapping.channel) ?? ""
        engagement.campaign = text(mapping.campaign) ?? ""
        engagement.contentID = text(mapping.contentID) ?? ""
        for (name, path) in mapping.attributes {
            if let value = entry[path], value.isScalar { engagement.attributes[name] = value }
        }
        var faults: [WireFieldViolation] = []
        if let path = mapping.occurredAt {
            if let moment = entry[path]?.moment {
                engagement.occurredAt = moment.wire
            } else {
                faults.append(
                    WireFieldViolation(
                        "engagements[\(engagements.count)].occurred_at",
                        found: entry[path]?.plainText.map { String($0.prefix(80)) } ?? "nothing at \(path.text)",
                        expected: "a moment in RFC 3339, or seconds or milliseconds since 1970"))
                engagement.occurredAt = message.sentAt.wire
            }
        } else {
            engagement.occurredAt = message.sentAt.wire
        }
        let email = engagement.leadID.isEmpty ? text(mapping.email) ?? "" : ""
        engagements.append(Entry(engagement: engagement, email: email, faults: faults))
    }
}

extension WebhookMapping.Path {
    fileprivate var text: String { names.joined(separator: ".") }
}

extension Google_Protobuf_Value {
    /// What is at a path; nil where there is nothing.
    fileprivate subscript(path: WebhookMapping.Path?) -> Google_Protobuf_Value? {
        guard let path else { return nil }
        var value = self
        for name in path.names {
            switch value.kind {
            case .structValue(let fields)?:
                guard let next = fields.fields[name] else { return nil }
                value = next
            case .listValue(let list)?:
                guard let index = Int(name), list.values.indices.contains(index) else { return nil }
                value = list.values[index]
            default: return nil
            }
        }
        return value
    }

    /// A text, or a number as one; nil for all else, and for numbers that are not what was sent.
    fileprivate var plainText: String? {
        switch kind {
        case .stringValue(let text)?: text
        case .numberValue(let number)? where abs(number) <= LongNumbers.exact:
            Int64(exactly: number).map(String.init) ?? String(number)
        default: nil
        }
    }

    fileprivate var isScalar: Bool {
        switch kind {
        case .stringValue?, .numberValue?, .boolValue?: true
        default: false
        }
    }

    /// Of a text in RFC 3339, or of seconds or milliseconds since 1970: those of today have ten digits and thirteen.
    fileprivate var moment: Instant? {
        switch kind {
        case .stringValue(let text)?: return Instant(text: text) ?? Double(text).flatMap(Self.moment(of:))
        case .numberValue(let number)?: return Self.moment(of: number)
        default: return nil
        }
    }

    private static func moment(of number: Double) -> Instant? {
        let seconds = abs(number) >= 100_000_000_000 ? number / 1_000 : number
        guard (0...253_402_300_799).contains(seconds) else { return nil }
        return Instant(microseconds: Int64((seconds * 1_000_000).rounded()))
    }
}
