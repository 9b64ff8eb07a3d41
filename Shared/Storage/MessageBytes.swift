public import Kernel

/// The bytes of a protobuf message, written field by field in the order of their numbers: as SwiftProtobuf encodes it, who
/// has to make the message first. What is zero or empty is left out; see
/// https://protobuf.dev/programming-guides/encoding.
public struct MessageBytes {
    public private(set) var bytes: [UInt8] = []

    private enum Kind: Int {
        case varint = 0
        case eight = 1
        case counted = 2
    }

    /// - Parameter capacity: bytes for which there is room from the beginning.
    public init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    public mutating func add(_ number: Int, _ text: String) {
        var text = text
        text.withUTF8 { add(number, text: UnsafeRawBufferPointer($0)) }
    }

    /// - Parameter text: as UTF-8.
    public mutating func add(_ number: Int, text: UnsafeRawBufferPointer) {
        if !text.isEmpty { add(number, message: text) }
    }

    public mutating func add(_ number: Int, _ integer: Int64) {
        guard integer != 0 else { return }
        begin(number, .varint)
        append(UInt64(bitPattern: integer))
    }

    public mutating func add(_ number: Int, _ fraction: Double) {
        guard fraction.bitPattern != 0 else { return }
        begin(number, .eight)
        withUnsafeBytes(of: fraction.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A timestamp, which is there also where it is 0.
    public mutating func add(_ number: Int, _ instant: Instant) {
        add(number) {
            $0.add(1, instant.seconds)
            $0.add(2, Int64(instant.nanos))
        }
    }

    /// The bytes of a message, which is there also where it is empty.
    public mutating func add(_ number: Int, message: UnsafeRawBufferPointer) {
        begin(number, .counted)
        append(UInt64(message.count))
        bytes.append(contentsOf: message)
    }

    /// As ``add(_:message:)``, of one that is written here.
    public mutating func add(_ number: Int, _ write: (inout MessageBytes) throws -> Void) rethrows {
        begin(number, .counted)
        let start = bytes.count
        bytes.append(0)
        try write(&self)
        var (rest, place) = (bytes.count - start - 1, start)
        while rest >= 0x80 {
            bytes[place] = UInt8(rest & 0x7f) | 0x80
            rest >>= 7
            place += 1
            bytes.insert(0, at: place)
        }
        bytes[place] = UInt8(rest)
    }

    private mutating func begin(_ number: Int, _ kind: Kind) { append(UInt64(number << 3 | kind.rawValue)) }

    private mutating func append(_ varint: UInt64) {
        var rest = varint
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
