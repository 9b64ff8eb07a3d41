import Configuration
import Yams

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A configuration file: YAML, of which JSON is a part, with one flat key for each setting.
struct SettingsFile {
    let layer: SettingsLayer
    private let path: String
    private let keys: [(name: String, line: Int)]

    init(path: String) throws(SettingsFaults) {
        self.path = path
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw SettingsFaults(["--config: the file \(path) cannot be read"])
        }
        do {
            let root = try Parser(yaml: data).singleRoot()
            keys = root?.mapping?.map { ($0.key.string ?? "", $0.key.mark?.line ?? 0) } ?? []
            let isEmpty = root.map { $0.null != nil } ?? true
            let bytes = isEmpty ? Array("{}".utf8) : Array(data)
            let snapshot = try YAMLSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: .default)
            layer = SettingsLayer(file: path, snapshot: snapshot)
        } catch {
            throw SettingsFaults(["\(path): not a YAML or JSON file of settings: \(error)"])
        }
    }

    func faults(_ declarations: [SettingDeclaration]) -> [String] {
        let known = declarations.map(\.key)
        return keys.filter { !known.contains($0.name) }
            .map { "\(path):\($0.line): unknown key `\($0.name)`" + Suggestion.text(for: $0.name, among: known) }
    }
}
