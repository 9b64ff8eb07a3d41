import Contracts
import Foundation
import Kernel
import Storage
import SwiftProtobuf

/// A backtest of version 2 of the agreement against version 1, over a whole store.
struct Playing: Encodable {
    let leads: Int
    let seconds: Double
    let processorSeconds: Double
    /// Of memory, in MiB: before, and the most during the call.
    let memoryBefore: Double
    let memoryPeak: Double
    /// The answer, to compare.
    let answer: String

    init(_ path: String, agreements: [WireAgreementVersion]) async throws {
        let service = try BenchService(path, agreements: agreements, at: StoreMaking.end, StoreSettings())
        try await service.prepare()
        memoryBefore = try Usage.memory("VmRSS")
        let processor = Usage.processorSeconds()
        let start = ContinuousClock.now
        let answer = try await service.client.backtest(
            .with {
                $0.draft.version = 2
                $0.against.version = 1
                $0.leads = 20
            })
        seconds = start.duration(to: .now) / .seconds(1)
        processorSeconds = Usage.processorSeconds() - processor
        memoryPeak = try Usage.memory("VmHWM")
        leads = Int(answer.leads)
        self.answer = try answer.jsonString()
        try await service.store.close()
    }
}

/// What this process has used so far.
enum Usage {
    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// - Parameter name: `VmRSS` or `VmHWM`, as Linux names them.
    /// - Returns: MiB.
    static func memory(_ name: String) throws -> Double {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let kiB = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Double($0) }) else {
            throw BenchFailure("no \(name) in /proc/self/status")
        }
        return kiB / 1_024
    }
}
