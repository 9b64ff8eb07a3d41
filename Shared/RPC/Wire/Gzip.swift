import CZlib
package import NIOCore
import Synchronization

/// Gzip (RFC 1952) over whole bodies, through zlib.
///
/// Streams are kept for reuse, since setting one up costs more than compressing a small message.
package enum Gzip {
    /// What can be wrong with compressed bytes.
    package enum Failure: Error, Equatable {
        case malformed
        case tooLarge(limit: Int)
        case zlib(Int32)
    }

    /// Speed counts more than the last percent: JSON shrinks well at any level.
    private static let level: Int32 = 1
    /// 15 bits of window; 16 more stand for the gzip format.
    private static let windowBits: Int32 = 15 + 16

    private static let deflaters = StreamPool(
        open: {
            deflateInit2_(
                $0, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size))
        },
        reset: { deflateReset($0) }, close: { deflateEnd($0) })

    private static let inflaters = StreamPool(
        open: { inflateInit2_($0, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) },
        reset: { inflateReset($0) }, close: { inflateEnd($0) })

    package static func compress(_ input: ByteBuffer) throws -> ByteBuffer {
        try deflaters.withStream { stream in
            var output = ByteBuffer()
            try input.withUnsafeReadableBytes { bytes in
                stream.pointee.setInput(bytes)
                let bound = Int(deflateBound(stream, UInt(bytes.count)))
                try output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { space in
                    stream.pointee.setOutput(space)
                    let status = deflate(stream, Z_FINISH)
                    guard status == Z_STREAM_END else { throw Failure.zlib(status) }
                    return space.count - Int(stream.pointee.avail_out)
                }
            }
            return output
        }
    }

    /// Decompresses a body of one or more gzip members; stops, with no more than twice the limit in memory, as soon
    /// as the output exceeds the limit.
    package static func decompress(_ input: ByteBuffer, limit: Int) throws -> ByteBuffer {
        try inflaters.withStream { stream in
            var output = ByteBuffer()
            try input.withUnsafeReadableBytes { bytes in
                stream.pointee.setInput(bytes)
                var chunk = min(max(bytes.count * 4, 1024), 256 * 1024)
                var isFinished = false
                while !isFinished {
                    // One byte beyond the limit shows that there is more.
                    let room = min(chunk, limit + 1 - output.readableBytes)
                    isFinished = try inflateOnce(stream, into: &output, room: room)
                    guard output.readableBytes <= limit else { throw Failure.tooLarge(limit: limit) }
                    chunk = min(chunk * 2, 1024 * 1024)
                }
            }
            return output
        }
    }

    /// - Returns: whether the last member has ended.
    private static func inflateOnce(
        _ stream: UnsafeMutablePointer<z_stream>, into output: inout ByteBuffer, room: Int
    ) throws -> Bool {
        var status = Z_OK
        let written = output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
            let space = UnsafeMutableRawBufferPointer(rebasing: space[..<room])
            stream.pointee.setOutput(space)
            status = inflate(stream, Z_NO_FLUSH)
            return room - Int(stream.pointee.avail_out)
        }
        switch status {
        case Z_STREAM_END where stream.pointee.avail_in == 0: return true
        case Z_STREAM_END:
            guard inflateReset(stream) == Z_OK else { throw Failure.malformed }
            return false
        case Z_OK where written == 0 && stream.pointee.avail_in == 0, Z_BUF_ERROR: throw Failure.malformed
        case Z_OK: return false
        case Z_MEM_ERROR: throw Failure.zlib(status)
        default: throw Failure.malformed
        }
    }
}

extension z_stream {
    fileprivate mutating func setInput(_ bytes: UnsafeRawBufferPointer) {
        // zlib reads its input only; the header declares it mutable.
        next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        avail_in = UInt32(bytes.count)
    }

    fileprivate mutating func setOutput(_ space: UnsafeMutableRawBufferPointer) {
        next_out = space.bindMemory(to: UInt8.self).baseAddress
        avail_out = UInt32(space.count)
    }
}

/// A few zlib streams that wait to be used again.
private final class StreamPool: Sendable {
    typealias Stream = UnsafeMutablePointer<z_stream>

    /// Unchecked, since a pointer says nothing of who uses it: these are reached under the lock alone, nothing else
    /// knows them, and zlib does not care which thread a stream is used on.
    private struct Idle: @unchecked Sendable {
        var streams: [Stream] = []
    }

    private static let capacity = 4
    private let idle = Mutex(Idle())
    private let open: @Sendable (Stream) -> Int32
    private let reset: @Sendable (Stream) -> Int32
    private let close: @Sendable (Stream) -> Int32

    init(
        open: @escaping @Sendable (Stream) -> Int32, reset: @escaping @Sendable (Stream) -> Int32,
        close: @escaping @Sendable (Stream) -> Int32
    ) {
        self.open = open
        self.reset = reset
        self.close = close
    }

    func withStream<Result>(_ body: (Stream) throws -> Result) throws -> Result {
        let stream = try take()
        defer { giveBack(stream) }
        return try body(stream)
    }

    private func take() throws -> Stream {
        if let stream = idle.withLock({ $0.streams.popLast().map(Taken.init) })?.stream { return stream }
        let stream = Stream.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = open(stream)
        guard status == Z_OK else {
            stream.deallocate()
            throw Gzip.Failure.zlib(status)
        }
        return stream
    }

    private func giveBack(_ stream: Stream) {
        let taken = Taken(stream: stream)
        let isKept =
            reset(stream) == Z_OK
            && idle.withLock { idle in
                guard idle.streams.count < Self.capacity else { return false }
                idle.streams.append(taken.stream)
                return true
            }
        guard !isKept else { return }
        _ = close(stream)
        stream.deallocate()
    }

    /// A stream on its way through the lock. Unchecked for the same reason: it is either in the list or with the one
    /// call that took it out, and `withStream` lends it to a closure that cannot keep it beyond that call.
    private struct Taken: @unchecked Sendable {
        let stream: Stream
    }
}
