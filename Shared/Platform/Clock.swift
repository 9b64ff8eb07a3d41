public import Kernel
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a service gets the time from. Domain code never has one: it is given `now`.
public protocol WallClock: Sendable {
    func now() -> Instant
}

/// The machine's clock.
public struct SystemClock: WallClock {
    public init() {}

    public func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(seconds: Int64(time.tv_sec), nanos: Int32(time.tv_nsec))
    }
}

/// A clock that stands still until it is told to move: for tests, replays and the demo.
public final class ManualClock: WallClock {
    private let time: Mutex<Instant>

    public init(_ start: Instant) {
        time = Mutex(start)
    }

    public func now() -> Instant {
        time.withLock { $0 }
    }

    /// Moves the clock forward; a moment in the past leaves it where it is.
    public func advance(to instant: Instant) {
        time.withLock { $0 = max($0, instant) }
    }

    public func advance(by span: TimeSpan) {
        time.withLock { $0 = $0.adding(span) }
    }
}
