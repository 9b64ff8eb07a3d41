import Kernel
import ScoringDomain

/// The accumulators of a lead as one BLOB.
///
/// One byte 1 (the format), then for each rule that counted something: its position, the count, the last time, the
/// sum as eight bytes (little endian), the number of times, and each time. Whole numbers are LEB128, signed ones in
/// zigzag; times are differences, the first one to the last time.
enum AccumulatorCoding {
    private static let format: UInt8 = 1
    /// Bytes of most entries, at least: three small numbers, a time and a sum.
    private static let leastEntry = 20

    static func bytes(_ accumulators: LeadAccumulators) -> [UInt8] {
        var bytes: [UInt8] = [format]
        bytes.reserveCapacity(1 + accumulators.entries.count * 32)
        for entry in accumulators.entries {
            let accumulator = entry.accumulator
            bytes.append(number: UInt64(entry.rule))
            bytes.append(number: UInt64(accumulator.count))
            bytes.append(signed: accumulator.lastAt.microseconds)
            bytes.append(fraction: accumulator.sum)
            bytes.append(number: UInt64(accumulator.times.count))
            var reference = accumulator.lastAt.microseconds
            for time in accumulator.times {
                bytes.append(signed: time.microseconds &- reference)
                reference = time.microseconds
            }
        }
        return bytes
    }

    /// - Throws: ``StoredLeadError`` where the bytes are not of this format.
    static func accumulators(_ bytes: [UInt8], latest: Instant) throws -> LeadAccumulators {
        var reader = ByteReader(bytes)
        guard try reader.byte() == format else { throw StoredLeadError.bytes }
        var entries: [LeadAccumulators.Entry] = []
        entries.reserveCapacity(bytes.count / leastEntry)
        while !reader.atEnd {
            let rule = try reader.count()
            var accumulator = Accumulator(count: try reader.count())
            accumulator.lastAt = Instant(microseconds: try reader.signed())
            accumulator.sum = try reader.fraction()
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
}
