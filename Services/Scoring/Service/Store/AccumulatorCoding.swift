import Kernel
import ScoringDomain

/// The accumulators of a lead as one BLOB.
///
/// One byte 1 (the format), then for each rule that counted something: its position, the count, the last time, the
/// sum as eight bytes (little endian), the number of times, and each time. Whole numbers are LEB128, signed ones in
/// zigzag; times are differences, the first one to the last time.
enum AccumulatorCoding {
    private static let format: UInt8 = 1

    static func bytes(_ accumulators: LeadAccumulators) -> [UInt8] {
        var bytes: [UInt8] = [format]
        bytes.reserveCapacity(1 + accumulators.entries.count * 32)
        for entry in accumulators.entries {
            let accumulator = entry.accumulator
            append(UInt64(entry.rule), to: &bytes)
            append(UInt64(accumulator.count), to: &bytes)
            append(zigzag(accumulator.lastAt.microseconds), to: &bytes)
            withUnsafeBytes(of: accumulator.sum.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            append(UInt64(accumulator.times.count), to: &bytes)
            var reference = accumulator.lastAt.microseconds
            for time in accumulator.times {
                append(zigzag(time.microseconds &- reference), to: &bytes)
                reference = time.microseconds
            }
        }
        return bytes
    }

    /// - Throws: ``StoredLeadError`` where the bytes are not of this format.
    static func accumulators(_ bytes: [UInt8], latest: Instant) throws -> LeadAccumulators {
        var reader = Reader(bytes: bytes)
        guard try reader.byte() == format else { throw StoredLeadError.accumulators }
        var entries: [LeadAccumulators.Entry] = []
        while !reader.atEnd {
            let rule = try reader.count()
            var accumulator = Accumulator(count: try reader.count())
            accumulator.lastAt = Instant(microseconds: try reader.signed())
            accumulator.sum = try reader.double()
            let times = try reader.count()
            accumulator.times.reserveCapacity(min(times, bytes.count))
            var reference = accumulator.lastAt.microseconds
            for _ in 0..<times {
                reference &+= try reader.signed()
                accumulator.times.append(Instant(microseconds: reference))
            }
            entries.append(LeadAccumulators.Entry(rule: rule, accumulator: accumulator))
        }
        return LeadAccumulators(entries: entries, latest: latest)
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var atEnd: Bool { position == bytes.count }

        mutating func byte() throws -> UInt8 {
            guard position < bytes.count else { throw StoredLeadError.accumulators }
            defer { position += 1 }
            return bytes[position]
        }

        mutating func unsigned() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                let next = try byte()
                value |= UInt64(next & 0x7f) << shift
                if next < 0x80 { return value }
            }
            throw StoredLeadError.accumulators
        }

        mutating func count() throws -> Int {
            guard let count = Int(exactly: try unsigned()) else { throw StoredLeadError.accumulators }
            return count
        }

        mutating func signed() throws -> Int64 {
            let value = try unsigned()
            return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        }

        mutating func double() throws -> Double {
            var bits: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(try byte()) << shift }
            return Double(bitPattern: bits)
        }
    }
}

/// A row of `lead` that this build cannot read.
enum StoredLeadError: Error {
    case accumulators
    case state(Int64)
    case origins
}
