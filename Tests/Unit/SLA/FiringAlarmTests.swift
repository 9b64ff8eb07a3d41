import Kernel
import Testing

@testable import SLAService

/// Each of these hangs, and runs into the limit, where the alarm misses something.
@Suite(.timeLimit(.minutes(5))) struct FiringAlarmTests {
    @Test("What was armed between the look at the next firing and the wait is not missed")
    func armedBefore() async {
        let alarm = FiringAlarm()
        alarm.reset()
        alarm.armed(for: Instant(seconds: 5))
        alarm.armed(for: Instant(seconds: 50))
        await alarm.wait(until: Instant(seconds: 10))
    }

    @Test("A wait ends when something earlier is armed, and the next one waits anew")
    func armedMeanwhile() async {
        let alarm = FiringAlarm()
        for _ in 0..<100 {
            alarm.reset()
            async let over: Void = alarm.wait(until: Instant(seconds: 10))
            alarm.armed(for: Instant(seconds: 9))
            await over
        }
    }

    @Test("A wait that nothing ends is ended by cancellation")
    func cancelled() async {
        let alarm = FiringAlarm()
        alarm.reset()
        alarm.armed(for: Instant(seconds: 10))
        let waiting = Task { await alarm.wait(until: Instant(seconds: 10)) }
        waiting.cancel()
        await waiting.value
    }
}
