import NIOCore
import Testing

@testable import RPC

@Suite struct GzipTests {
    private let text = ByteBuffer(string: String(repeating: "{\"lead\":\"L-1\"}", count: 500))

    @Test func `what is compressed comes back`() throws {
        let compressed = try Gzip.compress(text)
        #expect(compressed.readableBytes < text.readableBytes / 10)
        #expect(try Gzip.decompress(compressed, limit: text.readableBytes) == text)
    }

    @Test func `an empty body survives`() throws {
        let compressed = try Gzip.compress(ByteBuffer())
        #expect(try Gzip.decompress(compressed, limit: 10).readableBytes == 0)
    }

    @Test func `streams are reused without a trace of the message before`() throws {
        for round in 0..<20 {
            let message = ByteBuffer(string: "message \(round) of \(round * 7)")
            #expect(try Gzip.decompress(Gzip.compress(message), limit: 100) == message)
        }
    }

    @Test func `several members are one body`() throws {
        var both = try Gzip.compress(ByteBuffer(string: "one,"))
        both.writeImmutableBuffer(try Gzip.compress(ByteBuffer(string: "two")))
        #expect(try Gzip.decompress(both, limit: 100) == ByteBuffer(string: "one,two"))
    }

    @Test func `output up to the limit passes, one byte more does not`() throws {
        let compressed = try Gzip.compress(ByteBuffer(repeating: 7, count: 1000))
        #expect(try Gzip.decompress(compressed, limit: 1000).readableBytes == 1000)
        #expect(throws: Gzip.Failure.tooLarge(limit: 999)) { try Gzip.decompress(compressed, limit: 999) }
    }

    @Test func `a bomb is cut off at the limit`() throws {
        let bomb = try Gzip.compress(ByteBuffer(repeating: 0, count: 64 * 1024 * 1024))
        #expect(throws: Gzip.Failure.tooLarge(limit: 4096)) { try Gzip.decompress(bomb, limit: 4096) }
    }

    @Test func `a body that ends too soon is malformed`() throws {
        let compressed = try Gzip.compress(text)
        for length in [1, 5, compressed.readableBytes / 2, compressed.readableBytes - 1] {
            let part = try #require(compressed.getSlice(at: 0, length: length))
            #expect(throws: Gzip.Failure.malformed) { try Gzip.decompress(part, limit: 100_000) }
        }
    }

    @Test func `a body that is something else is malformed, and the stream is good for the next`() throws {
        #expect(throws: Gzip.Failure.malformed) { try Gzip.decompress(ByteBuffer(string: "{}"), limit: 100) }
        #expect(throws: Gzip.Failure.malformed) { try Gzip.decompress(ByteBuffer(), limit: 100) }
        #expect(try Gzip.decompress(Gzip.compress(text), limit: 10_000) == text)
    }

    @Test func `a wrong checksum is malformed`() throws {
        var compressed = try Gzip.compress(text)
        let checksum = compressed.writerIndex - 8
        let byte = try #require(compressed.getInteger(at: checksum, as: UInt8.self))
        compressed.setInteger(byte ^ 1, at: checksum)
        #expect(throws: Gzip.Failure.malformed) { try Gzip.decompress(compressed, limit: 100_000) }
    }
}
