import Contracts
import Kernel
import SwiftProtobuf

/// Gathers every fault of a request, or of one item of it.
struct Faults {
    private(set) var violations: [WireFieldViolation] = []

    mutating func add(_ path: String, found: String, expected: String) {
        violations.append(WireFieldViolation(path, found: found, expected: expected))
    }

    /// A natural key: not blank, at most 256 bytes.
    mutating func id(_ value: String, _ path: String) -> String {
        if value.isEmpty {
            add(path, found: "nothing", expected: "an id")
        } else if value.utf8.count > 256 {
            add(path, found: "\(value.utf8.count) bytes", expected: "at most 256 bytes")
        }
        return value
    }

    /// A moment between the years 1 and 9999; nil where there is none.
    mutating func instant(_ value: Google_Protobuf_Timestamp, given: Bool, _ path: String) -> Instant? {
        guard given else { return nil }
        let inRange = (Instant.distantPast.seconds...Instant.distantFuture.seconds).contains(value.seconds)
        guard inRange, (0..<1_000_000_000).contains(value.nanos) else {
            add(path, found: "\(value.seconds) s, \(value.nanos) ns", expected: "a moment of the years 1 to 9999")
            return nil
        }
        return Instant(value)
    }

    /// An amount that is not negative, in a currency of three capital letters; nil where there is none.
    mutating func money(_ value: WireMoney, given: Bool, _ path: String) -> Money? {
        guard given else { return nil }
        let letters = value.currency.utf8
        if letters.count != 3 || !letters.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) {
            add("\(path).currency", found: value.currency, expected: "an ISO 4217 code such as USD")
        }
        if value.minorUnits < 0 || value.minorUnits > Self.mostMinorUnits {
            add(
                "\(path).minor_units", found: "\(value.minorUnits)",
                expected: "0 to \(Self.mostMinorUnits)")
        }
        return Money(value)
    }

    /// So that a million deals of the highest value still add up.
    private static let mostMinorUnits: Int64 = 1_000_000_000_000
}
