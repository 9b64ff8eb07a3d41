import Foundation
import Kernel
import Logging
import Platform
import Synchronization
import Testing

@Suite struct LogTests {
    private final class Lines: LogOutput {
        private let lines = Mutex<[String]>([])
        func write(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private func log(_ format: LogFormat, _ body: (inout Logger) -> Void) -> [String] {
        let lines = Lines()
        let clock = ManualClock(Instant(seconds: 1_740_819_600))
        var logger = Logger(label: "accord.scoring") { _ in
            StructuredLogHandler(service: "scoring", level: .info, format: format, clock: clock, output: lines)
        }
        body(&logger)
        return lines.all
    }

    @Test func aJSONLineIsOneObjectWithItsMetadata() throws {
        let lines = log(.json) { logger in
            logger[metadataKey: "request_id"] = "r-1"
            logger.warning(
                "two\nlines \"quoted\"",
                metadata: ["trace_id": "4bf9", "leads": ["a", "b"], "place": ["line": "\(3)"], "odd": "\u{1}"])
        }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { !$0.isNewline })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["timestamp"] as? String == "2025-03-01T09:00:00Z")
        #expect(object["level"] as? String == "warning")
        #expect(object["service"] as? String == "scoring")
        #expect(object["message"] as? String == "two\nlines \"quoted\"")
        let metadata = try #require(object["metadata"] as? [String: Any])
        #expect(metadata["request_id"] as? String == "r-1")
        #expect(metadata["trace_id"] as? String == "4bf9")
        #expect(metadata["leads"] as? [String] == ["a", "b"])
        #expect(metadata["place"] as? [String: String] == ["line": "3"])
        #expect(metadata["odd"] as? String == "\u{1}")
    }

    @Test func aTextLineIsOneLineWithSortedMetadata() {
        let lines = log(.text) { logger in
            logger.info("stored\nthree", metadata: ["b": "two words", "a": "1", "c": ""])
        }
        #expect(lines == ["2025-03-01T09:00:00Z INFO scoring: stored\\nthree a=1 b=\"two words\" c=\"\"\n"])
    }

    @Test func whatIsBelowTheLevelIsNotWritten() {
        #expect(log(.json) { $0.debug("no") }.isEmpty)
    }

    @Test func theEventsOwnMetadataWinsOverTheLoggers() {
        let lines = log(.text) { logger in
            logger[metadataKey: "k"] = "logger"
            logger.info("m", metadata: ["k": "event"])
        }
        #expect(lines.first?.contains("k=event") == true)
    }
}
