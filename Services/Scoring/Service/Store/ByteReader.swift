/// Whole numbers as LEB128, signed ones in zigzag; fractions as eight bytes, little endian.
extension [UInt8] {
    @inline(__always)
    mutating func append(number value: UInt64) {
        if value < 0x80 { return append(UInt8(truncatingIfNeeded: value)) }
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(signed value: Int64) {
        append(number: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func append(fraction value: Double) {
        Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
    }
}

/// Reads what the array's `append(number:)` and its like wrote.
struct ByteReader {
    let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var atEnd: Bool { position == bytes.count }

    mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw StoredLeadError.bytes }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func count() throws -> Int {
        guard let count = Int(exactly: try unsigned()) else { throw StoredLeadError.bytes }
        return count
    }

    mutating func signed() throws -> Int64 {
        let value = try unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func fraction() throws -> Double {
        guard bytes.count - position >= 8 else { throw StoredLeadError.bytes }
        defer { position += 8 }
        let bits = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: UInt64.self) }
        return Double(bitPattern: UInt64(littleEndian: bits))
    }

    private mutating func unsigned() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let next = try byte()
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
        }
        throw StoredLeadError.bytes
    }
}

/// A row that this build cannot read.
enum StoredLeadError: Error {
    case bytes
    case origins
    case state(Int64)
}
