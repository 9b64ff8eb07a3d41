import Foundation

/// The seed of a randomised test. Print it with the run: `ACCORD_SEED` asks for that run again, or for another one.
public enum TestSeed {
    public static func value(default usual: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment["ACCORD_SEED"].flatMap(UInt64.init) ?? usual
    }
}
