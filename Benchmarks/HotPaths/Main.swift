import Foundation
import Synchronization

/// Runs the pure functions that services spend their time in, for callgrind to count what they cost.
///
///     HotPaths            runs each of them to warm up, and once more as often between two marks
///     HotPaths --list     names them, in order, with how often each runs
///
/// `Benchmarks/counts.py` reads the counts and compares them with those that are committed.
@main
enum Main {
    static func main() throws {
        let paths = try HotPath.all()
        guard !CommandLine.arguments.contains("--list") else {
            for path in paths { print(path.name, path.count) }
            return
        }
        for path in paths {
            for index in 0..<path.count { path.run(index) }
            hotPathBegin()
            for index in 0..<path.count { path.run(index) }
            hotPathEnd()
        }
    }
}

/// A function and how often it is run: often enough that what is done once, such as laying out a year, counts little.
struct HotPath {
    let name: String
    let count: Int
    /// Told the number of the run, so that it need not ask the same thing each time.
    let run: (Int) -> Void
}

/// Keeps the optimiser from dropping what nobody uses.
@inline(never)
func keep<Value>(_ value: Value) {
    withUnsafePointer(to: value) { Sink.last.store(UInt(bitPattern: $0), ordering: .relaxed) }
}

private enum Sink {
    static let last = Atomic<UInt>(0)
    static let marks = Atomic<Int>(0)
}

/// Callgrind writes down what it has counted whenever one of these is entered. That C could call them keeps the
/// optimiser from seeing that they do nothing.
@_cdecl("hot_path_begin") @inline(never)
func hotPathBegin() { Sink.marks.add(1, ordering: .relaxed) }

@_cdecl("hot_path_end") @inline(never)
func hotPathEnd() { Sink.marks.subtract(1, ordering: .relaxed) }
