import Foundation
import Platform

/// Where output goes: answers on standard output, everything else on standard error.
enum Terminal {
    static func say(_ text: String) {
        StandardOutput.result.write(text + "\n")
    }

    static func complain(_ text: String) {
        StandardOutput.error.write(text + "\n")
    }

    /// Without a line's end, so that the answer follows it.
    static func ask(_ question: String) {
        FileHandle.standardError.write(Data(question.utf8))
    }

    static var errorIsTerminal: Bool { isatty(2) == 1 }
}

/// A line on the terminal that tells how far long work is; silent where there is no terminal.
struct ProgressLine {
    private let label: String
    private var lastPercent = -1

    init(_ label: String) {
        self.label = label
    }

    mutating func show(_ done: Int, of total: Int, note: String = "") {
        guard Terminal.errorIsTerminal, total > 0 else { return }
        let percent = min(100, done * 100 / total)
        guard percent != lastPercent else { return }
        lastPercent = percent
        let filled = percent * 30 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        StandardOutput.error.write("\r\u{1B}[K\(label) [\(bar)] \(percent) % \(note)")
    }

    func end() {
        guard Terminal.errorIsTerminal else { return }
        StandardOutput.error.write("\r\u{1B}[K")
    }
}
