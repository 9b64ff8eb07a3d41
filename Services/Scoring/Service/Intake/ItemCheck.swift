import Contracts
import Hosting
import Kernel
import RPC
import SwiftProtobuf

/// Collects the faults of one item of a batch, or of a request's own fields.
struct ItemCheck {
    /// The list in the request, such as `leads`; empty for the request itself.
    let list: String
    let index: Int
    private(set) var faults: [WireFieldViolation] = []

    init(_ list: String = "", _ index: Int = 0) {
        self.list = list
        self.index = index
    }

    mutating func fault(_ field: String, found: String, expected: String) {
        let letters = found.unicodeScalars
        let shown = letters.count > 80 ? String(letters.prefix(79)) + "…" : found
        let path = list.isEmpty ? field : "\(list)[\(index)].\(field)"
        faults.append(WireFieldViolation(path, found: shown, expected: expected))
    }

    /// - Throws: `invalid_argument` with all faults, where there are any.
    func require() throws {
        guard faults.isEmpty else { throw RPCError.invalid(faults) }
    }

    /// A natural key, a kind or an entry: not blank, short, and free of control characters.
    mutating func name(_ field: @autoclosure () -> String, _ text: String, atMost limit: Int = 200) {
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) {
            fault(field(), found: "nothing", expected: "1 to \(limit) characters")
        } else if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            fault(field(), found: "a control character", expected: "printable characters")
        } else {
            length(field(), text, atMost: limit)
        }
    }

    /// Counts Unicode's scalars, of four bytes at most: a letter may have any number of accents.
    mutating func length(_ field: @autoclosure () -> String, _ text: String, atMost limit: Int = 500) {
        // Bytes bound characters, and counting them costs nothing.
        if text.utf8.count > limit, text.unicodeScalars.count > limit {
            fault(field(), found: "\(text.unicodeScalars.count) characters", expected: "at most \(limit)")
        }
    }

    mutating func entries(_ field: String, _ texts: [String]) {
        if texts.count > 200 { fault(field, found: "\(texts.count) entries", expected: "at most 200") }
        for (place, text) in texts.prefix(200).enumerated() { name("\(field)[\(place)]", text) }
    }

    mutating func fields(_ field: String, _ values: [String: Google_Protobuf_Value]) {
        guard !values.isEmpty else { return }
        if values.count > 100 { fault(field, found: "\(values.count) fields", expected: "at most 100") }
        var size = 0
        for (key, value) in values.sorted(by: { $0.key < $1.key }).prefix(100) {
            name("\(field).\(key)", key)
            guard value.isFinite else {
                fault("\(field).\(key)", found: "NaN or an infinity", expected: "finite numbers")
                continue
            }
            size += key.utf8.count + self.value("\(field).\(key)", value)
        }
        if size > Self.fieldsBytes {
            fault(field, found: "\(size) bytes", expected: "at most \(Self.fieldsBytes)")
        }
    }

    /// - Returns: its bytes.
    private mutating func value(_ field: String, _ value: Google_Protobuf_Value) -> Int {
        // Only what is no number of JSON has no size.
        let size = (try? value.size()) ?? 0
        if case .stringValue(let text) = value.kind {
            length(field, text, atMost: 2_000)
        } else if size > Self.valueBytes {
            fault(field, found: "\(size) bytes", expected: "at most \(Self.valueBytes)")
        }
        return size
    }

    /// Of a list or a map: no more than of a text of 2,000 characters.
    private static let valueBytes = 8_000
    /// Of all fields of an item: the half of what one event takes of engagement.
    private static let fieldsBytes = EventBounds.engagements / 2

    /// A moment that can have been: from 2000 to a day from now, since clocks differ.
    mutating func past(_ field: String, _ timestamp: Google_Protobuf_Timestamp, now: Instant) {
        guard let moment = Instant(valid: timestamp) else {
            return fault(
                field, found: "\(timestamp.seconds) seconds and \(timestamp.nanos) nanoseconds",
                expected: "a moment of the years 1 to 9999")
        }
        if moment < Self.earliest || moment > now.adding(.days(1)) {
            fault(field, found: moment.text, expected: "a moment from 2000 to at most one day from now")
        }
    }

    private static let earliest = Instant(seconds: 946_684_800)
}
