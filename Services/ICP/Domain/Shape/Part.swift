import Kernel

/// A look at a part of a document that has been read by its shape.
struct Part {
    let tree: Tree
    let path: String

    func place(_ name: String) -> String { ShapeReader.place(name, in: path) }

    /// Empty where there is none.
    func text(_ name: String) -> String {
        if case .text(let text)? = tree[name] { text } else { "" }
    }

    func number(_ name: String) -> Double? {
        if case .number(let number)? = tree[name] { number } else { nil }
    }

    func span(_ name: String) -> TimeSpan? { TimeSpan(text: text(name)) }

    func texts(_ name: String) -> [String] {
        list(name).compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    func numbers(_ name: String) -> [Double] {
        list(name).compactMap { if case .number(let number) = $0 { number } else { nil } }
    }

    /// Without fields where there is none.
    func part(_ name: String) -> Part { Part(tree: tree[name] ?? .map([]), path: place(name)) }

    func parts(_ name: String) -> [Part] {
        list(name).enumerated().map { Part(tree: $1, path: "\(place(name))[\($0)]") }
    }

    func has(_ name: String) -> Bool { tree[name] != nil }

    private func list(_ name: String) -> [Tree] {
        if case .list(let parts)? = tree[name] { parts } else { [] }
    }
}
