/// The fields of a stored message that hold texts or other messages, read one after the other without making the message
/// of which most rules look at a field or two. See https://protobuf.dev/programming-guides/encoding.
struct MessageFields {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes[...]
    }

    /// - Returns: the number of the next one and its bytes; nil behind the last.
    /// - Throws: ``StoredLeadError`` where the bytes are no message.
    mutating func next() throws -> (number: Int, bytes: UnsafeRawBufferPointer)? {
        while !rest.isEmpty {
            let tag = try varint()
            switch tag & 7 {
            case 0: _ = try varint()
            case 1: _ = try take(8)
            case 2: return (Int(truncatingIfNeeded: tag >> 3), try take(varint()))
            case 5: _ = try take(4)
            default: throw StoredLeadError.bytes
            }
        }
        return nil
    }

    private mutating func take(_ count: UInt64) throws -> UnsafeRawBufferPointer {
        guard count <= UInt64(rest.count) else { throw StoredLeadError.bytes }
        defer { rest = rest.dropFirst(Int(count)) }
        return UnsafeRawBufferPointer(rebasing: rest.prefix(Int(count)))
    }

    private mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw StoredLeadError.bytes }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw StoredLeadError.bytes
    }
}
