/// The fields of a stored message, read one after the other without making the message, of which most rules look at a field
/// or two. See https://protobuf.dev/programming-guides/encoding.
struct MessageFields {
    enum Value {
        case integer(UInt64)
        case fraction(Double)
        /// A text or another message.
        case bytes(UnsafeRawBufferPointer)
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next one that holds a text or another message.
    ///
    /// - Returns: its number and its bytes; nil behind the last.
    /// - Throws: ``StoredLeadError`` where the bytes are no message.
    mutating func next() throws -> (number: Int, bytes: UnsafeRawBufferPointer)? {
        while let (number, value) = try nextValue() {
            if case .bytes(let bytes) = value { return (number, bytes) }
        }
        return nil
    }

    /// As ``next()``, of any kind.
    mutating func nextValue() throws -> (number: Int, value: Value)? {
        while position < bytes.count {
            let tag = try varint()
            let number = Int(truncatingIfNeeded: tag >> 3)
            switch tag & 7 {
            case 0: return (number, .integer(try varint()))
            case 1:
                let bits = try take(8).loadUnaligned(as: UInt64.self)
                return (number, .fraction(Double(bitPattern: UInt64(littleEndian: bits))))
            case 2: return (number, .bytes(try take(varint())))
            case 5: _ = try take(4)
            default: throw StoredLeadError.bytes
            }
        }
        return nil
    }

    private mutating func take(_ count: UInt64) throws -> UnsafeRawBufferPointer {
        guard count <= UInt64(bytes.count - position) else { throw StoredLeadError.bytes }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(count)])
    }

    private mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.count else { throw StoredLeadError.bytes }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw StoredLeadError.bytes
    }
}
