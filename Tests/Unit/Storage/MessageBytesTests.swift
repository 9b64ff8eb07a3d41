import Contracts
import Kernel
import Storage
import SwiftProtobuf
import Testing

/// Against SwiftProtobuf, which makes the message first.
@Suite struct MessageBytesTests {
    @Test func `a message is written as SwiftProtobuf writes it`() throws {
        for text in ["", "a", String(repeating: "\u{E9}", count: 70), String(repeating: "x", count: 20_000)] {
            for number in [0, -0.0, 1.5, -1e300] {
                let at = Instant(microseconds: Int64(text.utf8.count) * 1_500_000)
                let event = WireEvent.with {
                    $0.eventID = text
                    $0.partition = Int32(number < 0 ? -1 : 63)
                    $0.occurredAt = at.wire
                    $0.agreementVersion = .max
                    $0.leadScored.score.grade = text
                    $0.leadScored.previousTotal = number
                }
                var bytes = MessageBytes(capacity: 10)
                bytes.add(1, text)
                bytes.add(4, Int64(number < 0 ? -1 : 63))
                bytes.add(5, at)
                bytes.add(6, .max)
                bytes.add(21) { scored in
                    scored.add(2) { $0.add(6, text) }
                    scored.add(3, number)
                }
                #expect(try bytes.bytes == event.storedBytes(), "\(text.prefix(3)) \(number)")
            }
        }
    }

    @Test func `a message within another is there also where it is empty`() throws {
        var bytes = MessageBytes(capacity: 0)
        bytes.add(5, Instant(seconds: 0, nanos: 0))
        bytes.add(21) { _ in }
        bytes.add(22, message: UnsafeRawBufferPointer(start: nil, count: 0))
        bytes.add(23, text: UnsafeRawBufferPointer(start: nil, count: 0))
        bytes.add(24, Int64(0))
        #expect(bytes.bytes == [42, 0, 170, 1, 0, 178, 1, 0])
    }
}
