import AccordTesting
import Dispatch
import Platform
import RPC
import Storage
import Testing

/// How writes wait, are let go, and end with their store.
@Suite struct GroupCommitTests {
    private final class Request: Sendable {}

    @Test func `a write that is answered is let go, though others wait behind it all the time`() async throws {
        var settings = StoreSettings.disposable
        settings.groupLimit = 1
        let fixture = try StoreFixture(settings)
        let (firstMayEnd, secondMayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let (firstRuns, secondRuns) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        weak var held: Request?
        let first: Task<Void, any Error>
        do {
            let request = Request()
            held = request
            first = Task {
                try await fixture.store.write { _ in
                    firstRuns.continuation.yield()
                    withExtendedLifetime(request) { firstMayEnd.wait() }
                }
            }
        }
        for await _ in firstRuns.stream { break }
        let second = Task {
            try await fixture.store.write { _ in
                secondRuns.continuation.yield()
                secondMayEnd.wait()
            }
        }
        _ = try await eventually {
            fixture.store.samples().first { $0.name == "accord_store_writes_waiting" }?.value
        } until: {
            $0 == 1
        }
        firstMayEnd.signal()
        try await first.value
        for await _ in secondRuns.stream { break }
        #expect(
            try await eventually {
                held == nil
            } until: {
                $0
            })
        secondMayEnd.signal()
        try await second.value
    }

    @Test func `a write that races with closing is durable or refused`() async throws {
        for _ in 0..<20 {
            let fixture = try StoreFixture()
            let stored = try await withThrowingTaskGroup(of: String?.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        do {
                            try await fixture.put("\(index)")
                            return "\(index)"
                        } catch let error as RPCError where error.code == .unavailable {
                            return nil
                        }
                    }
                }
                group.addTask {
                    try await fixture.store.close()
                    return nil
                }
                return try await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
            }
            #expect(try await StoreFixture(folder: fixture.folder).notes() == stored.sorted())
        }
    }
}
